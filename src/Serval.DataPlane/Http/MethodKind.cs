namespace Serval.DataPlane.Http;

/// <summary>Methods that have a meaning to a proxy. Names are case-sensitive (RFC 9110 §9.1).</summary>
internal enum MethodKind : byte
{
    /// <summary>Any other token; forwarded as it is.</summary>
    Other,

    /// <summary>GET.</summary>
    Get,

    /// <summary>HEAD: its response has no body.</summary>
    Head,

    /// <summary>POST.</summary>
    Post,

    /// <summary>PUT.</summary>
    Put,

    /// <summary>DELETE.</summary>
    Delete,

    /// <summary>OPTIONS: the one method that may ask for <c>*</c>.</summary>
    Options,

    /// <summary>PATCH.</summary>
    Patch,

    /// <summary>TRACE.</summary>
    Trace,

    /// <summary>CONNECT: always rejected, a gateway is not a tunnel.</summary>
    Connect,
}
