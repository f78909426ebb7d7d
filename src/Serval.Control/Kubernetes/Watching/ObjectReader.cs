using System.Buffers;
using System.Text.Json;
using Serval.Control.Kubernetes.Api;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Kubernetes.Watching;

/// <summary>
/// JSON of one object to what is kept of it. Everything else, <c>managedFields</c> above all, is skipped
/// while reading.
/// </summary>
/// <param name="kind">The kind that the JSON must be of.</param>
/// <param name="keepsStatus">Whether <c>status</c> is kept.</param>
internal sealed class ObjectReader(ResourceKind kind, bool keepsStatus)
{
    /// <summary>Reads an object. One whose fields have another form comes back with a fault.</summary>
    /// <exception cref="JsonException">It is not an object with a name.</exception>
    public WatchedObject Read(in ReadOnlySequence<byte> json)
    {
        (ObjectHead head, ReadOnlyMemory<byte> status) = ReadHead(json);
        if (head.Name.Length == 0)
            throw new JsonException("The object has no name.");
        ObjectKey key = new(kind.Group, kind.Kind, head.Namespace, head.Name);
        try
        {
            Utf8JsonReader reader = new(json);
            Resource? resource = (Resource?)JsonSerializer.Deserialize(ref reader, kind.TypeInfo);
            return new WatchedObject(key, head, resource, status, "");
        }
        catch (JsonException fault)
        {
            string field = fault.Path?.TrimStart('$', '.') ?? "";
            return new WatchedObject(key, head, null, status, $"{field}: {fault.Message}");
        }
    }

    /// <summary>Reads the metadata of an object of any kind.</summary>
    public (ObjectHead Head, ReadOnlyMemory<byte> Status) ReadHead(in ReadOnlySequence<byte> json)
    {
        ObjectHead head = new();
        ReadOnlyMemory<byte> status = default;
        Utf8JsonReader reader = new(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("Expected an object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isMetadata = reader.ValueTextEquals("metadata"u8);
            bool isStatus = keepsStatus && reader.ValueTextEquals("status"u8);
            reader.Read();
            if (isMetadata)
            {
                head = JsonSerializer.Deserialize(ref reader, ApiJson.Default.ObjectHead)
                    ?? throw new JsonException("metadata is null.");
                continue;
            }
            long start = reader.TokenStartIndex;
            reader.Skip();
            if (isStatus && reader.TokenType == JsonTokenType.EndObject)
                status = json.Slice(start, reader.BytesConsumed - start).ToArray();
        }
        return (head, status);
    }
}
