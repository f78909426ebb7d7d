using Serval.DataPlane.Filtering;
using Serval.DataPlane.Parsing;

namespace Serval.DataPlane.Workers;

/// <summary>How far a body has been moved from one connection to the other. Blittable.</summary>
internal struct BodyState
{
    /// <summary>How it is framed as received.</summary>
    public BodyKind Kind;

    /// <summary>True when it leaves in chunks.</summary>
    public bool LeavesInChunks;

    /// <summary>True once a chunk has left: the next prefix begins with the CRLF that ends it.</summary>
    public bool HasSentChunk;

    /// <summary>True once the last chunk was read: the trailer section follows.</summary>
    public bool AwaitsTrailers;

    /// <summary>True for the body of a response.</summary>
    public bool IsResponse;

    /// <summary>The trailers that do not go on, of a body that comes in chunks.</summary>
    public TrailerFilter Trailers;

    /// <summary>
    /// When the trailer section must be whole, turn clock in milliseconds; 0 until it is awaited.
    /// </summary>
    public long TrailersDueMs;

    /// <summary>
    /// A buffer whose end is free although its head is kept for another attempt; -1 for none.
    /// </summary>
    public int OwnBuffer;

    /// <summary>Bytes still to come, of a body with a length.</summary>
    public long Remaining;

    /// <summary>Where the decoder is, of a chunked body.</summary>
    public ChunkDecoder Chunks;
}
