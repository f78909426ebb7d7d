using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

/// <summary>
/// The framing of a body as it comes in: takes the data out of it, wherever the bytes lie. Blittable;
/// <c>default</c> reads a message without a body. No I/O: the caller hands in what has come, and drops what
/// was consumed.
/// </summary>
internal struct BodyReader
{
    private ChunkDecoder _chunks;

    /// <summary>How the end is found; None once it was.</summary>
    public BodyKind Kind { get; private set; }

    /// <summary>True once the last chunk was read: the trailer section follows.</summary>
    public bool AwaitsTrailers { get; private set; }

    /// <summary>Bytes still to come, of a body with a length.</summary>
    public long Remaining { get; set; }

    /// <summary>
    /// When the trailer section must be whole, turn clock in milliseconds; 0 until it is awaited.
    /// </summary>
    public long TrailersDueMs { get; set; }

    /// <summary>True when no byte of the body is to come any more.</summary>
    public readonly bool IsDone => Kind == BodyKind.None || (Kind == BodyKind.Length && Remaining == 0);

    /// <summary>The rule that a chunked body broke.</summary>
    public readonly Rejection Rejection => _chunks.Rejection;

    /// <summary>For a body that is framed in this way.</summary>
    /// <param name="kind">How its end is found.</param>
    /// <param name="length">Bytes of a body with a length.</param>
    public static BodyReader For(BodyKind kind, long length) =>
        new() { Kind = kind, Remaining = kind == BodyKind.Length ? length : 0 };

    /// <summary>
    /// Takes the next run of data out of an input that is not empty. Not for a body that is done, nor while
    /// trailers are awaited.
    /// </summary>
    public BodyStep Next(ReadOnlySpan<byte> input, out BodyRun run)
    {
        switch (Kind)
        {
            case BodyKind.Length:
                int length = (int)Math.Min(Remaining, input.Length);
                Remaining -= length;
                run = new BodyRun(0, length, length);
                return BodyStep.Data;
            case BodyKind.UntilClose:
                run = new BodyRun(0, input.Length, input.Length);
                return BodyStep.Data;
            default:
                return NextChunk(input, out run);
        }
    }

    /// <summary>Says that the body is over: its trailers were read, or its connection has ended.</summary>
    public void End() => Kind = BodyKind.None;

    private BodyStep NextChunk(ReadOnlySpan<byte> input, out BodyRun run)
    {
        ChunkStatus status = _chunks.Next(input, out int consumed, out int start, out int length);
        run = new BodyRun(start, length, consumed);
        switch (status)
        {
            case ChunkStatus.Data:
                return BodyStep.Data;
            case ChunkStatus.LastChunk:
                AwaitsTrailers = true;
                return BodyStep.Framing;
            case ChunkStatus.NeedMore:
                return BodyStep.Framing;
            default:
                return BodyStep.Rejected;
        }
    }
}
