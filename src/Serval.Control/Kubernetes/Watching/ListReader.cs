using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Serval.Control.Kubernetes.Api;

namespace Serval.Control.Kubernetes.Watching;

/// <summary>
/// Reads a list of objects as it arrives: only the object that is being received is held as text. Owner: one
/// request. Bound: <see cref="KubernetesLimits.ObjectBytesMax"/>.
/// </summary>
internal sealed class ListReader(Stream stream, ObjectReader objects, Action<WatchedObject> found)
{
    private JsonReaderState _state;
    private Place _place;

    private enum Place
    {
        Start,
        Members,
        BeforeItems,
        Items,
        BeforeMetadata,
        BeforeOther,
        End,
    }

    /// <summary>The metadata of the list, once it has been read.</summary>
    public ObjectHead Head { get; private set; } = new();

    /// <summary>Reads to the end; calls <c>found</c> for every item.</summary>
    /// <exception cref="JsonException">It is not a list, or was cut off.</exception>
    public async Task ReadAsync(CancellationToken stop)
    {
        PipeReader pipe = PipeReader.Create(
            stream, new StreamPipeReaderOptions(bufferSize: KubernetesLimits.ReadBytes));
        while (_place != Place.End)
        {
            ReadResult read = await pipe.ReadAsync(stop);
            long consumed = Consume(read.Buffer, read.IsCompleted);
            if (read.IsCompleted && _place != Place.End)
                throw new JsonException("The list was cut off.");
            if (read.Buffer.Length - consumed > KubernetesLimits.ObjectBytesMax)
                throw new JsonException($"An object is larger than {KubernetesLimits.ObjectBytesMax} bytes.");
            pipe.AdvanceTo(read.Buffer.GetPosition(consumed), read.Buffer.End);
        }
        await pipe.CompleteAsync();
    }

    private long Consume(in ReadOnlySequence<byte> buffer, bool isFinal)
    {
        Utf8JsonReader reader = new(buffer, isFinal, _state);
        long consumed = 0;
        while (_place != Place.End && TryStep(ref reader, buffer))
        {
            consumed = reader.BytesConsumed;
            _state = reader.CurrentState;
        }
        return consumed;
    }

    // False when more bytes are needed; the step is then repeated from its start.
    private bool TryStep(ref Utf8JsonReader reader, in ReadOnlySequence<byte> buffer)
    {
        if (!reader.Read())
            return false;
        switch (_place)
        {
            case Place.Start:
                if (reader.TokenType != JsonTokenType.StartObject)
                    throw new JsonException("Expected a list.");
                _place = Place.Members;
                return true;
            case Place.Members:
                _place = reader.TokenType == JsonTokenType.EndObject ? Place.End
                    : reader.ValueTextEquals("items"u8) ? Place.BeforeItems
                    : reader.ValueTextEquals("metadata"u8) ? Place.BeforeMetadata
                    : Place.BeforeOther;
                return true;
            case Place.BeforeItems:
                // An empty list of Go may be null.
                _place = reader.TokenType == JsonTokenType.StartArray ? Place.Items : Place.Members;
                return true;
            case Place.Items when reader.TokenType == JsonTokenType.EndArray:
                _place = Place.Members;
                return true;
            default:
                return TryTakeValue(ref reader, buffer);
        }
    }

    private bool TryTakeValue(ref Utf8JsonReader reader, in ReadOnlySequence<byte> buffer)
    {
        long start = reader.TokenStartIndex;
        if (!reader.TrySkip())
            return false;
        ReadOnlySequence<byte> value = buffer.Slice(start, reader.BytesConsumed - start);
        if (_place == Place.Items)
        {
            if (value.Length > KubernetesLimits.ObjectBytesMax)
                throw new JsonException($"An object is larger than {KubernetesLimits.ObjectBytesMax} bytes.");
            found(objects.Read(value));
            return true;
        }
        if (_place == Place.BeforeMetadata)
        {
            Utf8JsonReader inner = new(value);
            Head = JsonSerializer.Deserialize(ref inner, ApiJson.Default.ObjectHead) ?? new();
        }
        _place = Place.Members;
        return true;
    }
}
