namespace Serval.DataPlane.Accounting;

/// <summary>How an exchange ended. The names, in kebab-case, are metric labels and reason headers.</summary>
internal enum Outcome : byte
{
    /// <summary>The upstream's response was delivered whole.</summary>
    Completed,

    /// <summary>Answered by a redirect filter.</summary>
    Redirected,

    /// <summary>Answered by the router itself, which was asked: OPTIONS for <c>*</c>.</summary>
    Answered,

    /// <summary>A CORS preflight, answered by the router itself.</summary>
    Preflight,

    /// <summary>A CORS preflight from an origin that the rule does not allow: 403.</summary>
    OriginRefused,

    /// <summary>The request could not be read: 400 and its kin.</summary>
    BadRequest,

    /// <summary>No listener or route serves it: 404.</summary>
    NoRoute,

    /// <summary>The connection was made for another listener: 421.</summary>
    Misdirected,

    /// <summary>The rule has no valid backend: 500.</summary>
    NoBackend,

    /// <summary>The cluster has no ready endpoint: 503.</summary>
    NoEndpoint,

    /// <summary>A bound was reached: 503.</summary>
    Overloaded,

    /// <summary>The request after filters does not fit: 431.</summary>
    HeadTooLarge,

    /// <summary>No endpoint could be connected to: 503.</summary>
    ConnectFailed,

    /// <summary>Connecting took too long: 504.</summary>
    ConnectTimedOut,

    /// <summary>TLS with the endpoint failed: 502.</summary>
    UpstreamTlsFailed,

    /// <summary>The endpoint's certificate is not one that counts: 502.</summary>
    UpstreamUntrusted,

    /// <summary>The upstream closed or reset before its response: 502.</summary>
    UpstreamClosed,

    /// <summary>The upstream's response could not be read: 502.</summary>
    UpstreamInvalid,

    /// <summary>The upstream's response did not come in time: 504.</summary>
    UpstreamTimedOut,

    /// <summary>The exchange as a whole took too long: 504, or cut off.</summary>
    RequestTimedOut,

    /// <summary>The upstream broke off inside its response; the client was cut off.</summary>
    UpstreamAborted,

    /// <summary>The client went away.</summary>
    DownstreamAborted,

    /// <summary>The client stalled: 408, or cut off.</summary>
    DownstreamTimedOut,

    /// <summary>An upgraded connection ended.</summary>
    TunnelEnded,

    /// <summary>Memory was short and this one was the slowest: 503, or cut off.</summary>
    CutForMemory,

    /// <summary>Cut off because the router stopped.</summary>
    Drained,
}
