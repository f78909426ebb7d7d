namespace Serval.DataPlane.Http;

/// <summary>The versions of HTTP that a message can come in.</summary>
internal enum HttpVersion : byte
{
    /// <summary>HTTP/1.1.</summary>
    Http11,

    /// <summary>HTTP/1.0.</summary>
    Http10,
}
