namespace Serval.DataPlane.Http;

/// <summary>Header fields that a proxy must understand or keep out.</summary>
internal enum KnownHeader : byte
{
    /// <summary>Any other field.</summary>
    None,

    /// <summary>Host.</summary>
    Host,

    /// <summary>Content-Length.</summary>
    ContentLength,

    /// <summary>Transfer-Encoding.</summary>
    TransferEncoding,

    /// <summary>Connection.</summary>
    Connection,

    /// <summary>Keep-Alive.</summary>
    KeepAlive,

    /// <summary>Proxy-Connection, a historical mistake for Connection.</summary>
    ProxyConnection,

    /// <summary>TE.</summary>
    Te,

    /// <summary>Trailer.</summary>
    Trailer,

    /// <summary>Upgrade.</summary>
    Upgrade,

    /// <summary>HTTP2-Settings, part of the abandoned h2c upgrade.</summary>
    Http2Settings,

    /// <summary>Expect.</summary>
    Expect,

    /// <summary>Via.</summary>
    Via,

    /// <summary>Max-Forwards, which OPTIONS and TRACE obey.</summary>
    MaxForwards,

    /// <summary>Date.</summary>
    Date,

    /// <summary>Forwarded.</summary>
    Forwarded,

    /// <summary>Every name that begins with X-Forwarded-.</summary>
    XForwarded,

    /// <summary>
    /// A client address as other proxies state it: X-Real-IP, CF-Connecting-IP, True-Client-IP and their kin.
    /// </summary>
    ClientAddress,

    /// <summary>
    /// What was asked for before a rewrite, as other proxies state it: X-Original-URL and its kin.
    /// </summary>
    OriginalTarget,

    /// <summary>X-Request-Id.</summary>
    XRequestId,

    /// <summary>traceparent, of W3C Trace Context.</summary>
    TraceParent,

    /// <summary>tracestate, which belongs to it.</summary>
    TraceState,

    /// <summary>Proxy, which CGI programs mistake for their environment's HTTP_PROXY.</summary>
    Proxy,
}
