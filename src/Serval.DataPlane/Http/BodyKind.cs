namespace Serval.DataPlane.Http;

/// <summary>How the end of a response's body is found (RFC 9112 §6.3).</summary>
internal enum BodyKind : byte
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>Content-Length tells.</summary>
    Length,

    /// <summary>The last chunk tells.</summary>
    Chunked,

    /// <summary>The end of the connection tells.</summary>
    UntilClose,
}
