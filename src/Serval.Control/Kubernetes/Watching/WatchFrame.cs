using System.Buffers;
using System.Text.Json;

namespace Serval.Control.Kubernetes.Watching;

/// <summary>One line of a watch: what happened, and the JSON of the object that it happened to.</summary>
/// <param name="Type">ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.</param>
/// <param name="Object">Part of the line.</param>
internal readonly record struct WatchFrame(string Type, ReadOnlySequence<byte> Object)
{
    /// <summary>Splits a line.</summary>
    /// <exception cref="JsonException">It is not a frame.</exception>
    public static WatchFrame Read(in ReadOnlySequence<byte> line)
    {
        string? type = null;
        ReadOnlySequence<byte>? found = null;
        Utf8JsonReader reader = new(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("Expected a frame of a watch.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = reader.ValueTextEquals("type"u8);
            bool isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isType)
                type = reader.GetString();
            long start = reader.TokenStartIndex;
            reader.Skip();
            if (isObject)
                found = line.Slice(start, reader.BytesConsumed - start);
        }
        return new WatchFrame(
            type ?? throw new JsonException("A frame has no type."),
            found ?? throw new JsonException("A frame has no object."));
    }
}
