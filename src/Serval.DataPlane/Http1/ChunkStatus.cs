namespace Serval.DataPlane.Http1;

/// <summary>What a step of the chunk decoder found.</summary>
internal enum ChunkStatus
{
    /// <summary>The whole input was consumed without finding data; give more.</summary>
    NeedMore,

    /// <summary>A range of the input is data of the body.</summary>
    Data,

    /// <summary>The last chunk was read; a trailer section follows.</summary>
    LastChunk,

    /// <summary>The bytes are no chunked body.</summary>
    Rejected,
}
