using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

/// <summary>
/// The framing of a body as it goes out. It is always our own: chunk prefixes are written in front of data
/// that lies where it was received. Blittable; <c>default</c> writes data as it is. No I/O.
/// </summary>
internal struct BodyWriter
{
    /// <summary>Most bytes of the end of a body: a last chunk and the longest trailer section.</summary>
    public const int EndBytesMax = (8 * 1024) + 64;

    private bool _hasSentChunk;

    /// <summary>True when it leaves in chunks.</summary>
    public bool IsChunked { get; init; }

    /// <summary>
    /// Frames data that lies in a buffer. Before it there is room: the headroom of a fresh buffer, the head
    /// that was read, or the framing of the chunk that it came in, which is never shorter than ours (minimal
    /// digits of a part of that chunk).
    /// </summary>
    /// <param name="buffer">A buffer from its start to the data.</param>
    /// <param name="length">Bytes of data behind it, not 0.</param>
    /// <returns>Where what is sent begins: at or before the data.</returns>
    public int Frame(Span<byte> buffer, int length)
    {
        if (!IsChunked) return buffer.Length;
        int start = ChunkFraming.WritePrefix(buffer, buffer.Length, length, !_hasSentChunk);
        _hasSentChunk = true;
        return start;
    }

    /// <summary>
    /// Writes what ends the body; returns its bytes, at most <see cref="EndBytesMax"/>. A body that is not
    /// chunked ends by its length or by the close: there is no place for trailers.
    /// </summary>
    /// <param name="output">Where to.</param>
    /// <param name="trailers">The fields that came behind the body.</param>
    public readonly int WriteEnd(Span<byte> output, Trailers trailers)
    {
        if (!IsChunked) return 0;
        ReadOnlySpan<byte> last = ChunkFraming.LastChunk(!_hasSentChunk);
        last.CopyTo(output);
        Http1Encoder encoder = new(output[last.Length..]);
        foreach (ref readonly HeaderField field in trailers.Fields)
        {
            if (!field.IsDropped) encoder.Field(field.Name(trailers.Text), field.Value(trailers.Text));
        }

        encoder.End();
        Invariant.Check(encoder.Written > 0, "a trailer section that was read fits where it is written");
        return last.Length + encoder.Written;
    }
}
