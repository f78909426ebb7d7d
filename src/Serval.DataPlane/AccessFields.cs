namespace Serval.DataPlane;

/// <summary>What a line of the access log says; the names of its members are in docs/operations.md.</summary>
[Flags]
public enum AccessFields
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>When the exchange ended.</summary>
    Time = 1 << 0,

    /// <summary>The client's address.</summary>
    Client = 1 << 1,

    /// <summary>What the exchange is known by to the client and to the upstream.</summary>
    RequestId = 1 << 2,

    /// <summary>The method.</summary>
    Method = 1 << 3,

    /// <summary>The host that was asked for.</summary>
    Host = 1 << 4,

    /// <summary>The path as it was sent.</summary>
    Path = 1 << 5,

    /// <summary>The query of the target. Secrets travel there: only where it is asked for.</summary>
    Query = 1 << 6,

    /// <summary>The version of the request.</summary>
    Protocol = 1 << 7,

    /// <summary>The client's User-Agent.</summary>
    UserAgent = 1 << 8,

    /// <summary>The client's Referer.</summary>
    Referer = 1 << 9,

    /// <summary>The trace that the client's traceparent names, or the one that begins here.</summary>
    TraceId = 1 << 10,

    /// <summary>Name of the listener.</summary>
    Listener = 1 << 11,

    /// <summary>Name of the route.</summary>
    Route = 1 << 12,

    /// <summary>Place of the rule in its route, from 0.</summary>
    Rule = 1 << 13,

    /// <summary>The status that the client can have seen; 0 for none.</summary>
    Status = 1 << 14,

    /// <summary>How the exchange ended.</summary>
    Outcome = 1 << 15,

    /// <summary>Which rule of HTTP a refused message broke.</summary>
    RejectReason = 1 << 16,

    /// <summary>From the head of the request to the end.</summary>
    Duration = 1 << 17,

    /// <summary>From the head of the request to the head of the response.</summary>
    FirstByte = 1 << 18,

    /// <summary>From the last attempt's start to the head of the response.</summary>
    Upstream = 1 << 19,

    /// <summary>Attempts at endpoints.</summary>
    Attempts = 1 << 20,

    /// <summary>Address and port of the last endpoint.</summary>
    Endpoint = 1 << 21,

    /// <summary>The last error of a connection to an endpoint.</summary>
    Errno = 1 << 22,

    /// <summary>Bytes that the client has sent for it.</summary>
    BytesReceived = 1 << 23,

    /// <summary>Bytes that were sent to the client.</summary>
    BytesSent = 1 << 24,

    /// <summary>Version of TLS that the client speaks.</summary>
    TlsVersion = 1 << 25,

    /// <summary>Cipher suite of TLS with the client.</summary>
    TlsCipher = 1 << 26,

    /// <summary>Server name that the client has asked for.</summary>
    ServerName = 1 << 27,

    /// <summary>Whether the client has resumed a session.</summary>
    TlsResumed = 1 << 28,

    /// <summary>
    /// Subject of the client's certificate. It names people: only where it is asked for.
    /// </summary>
    ClientSubject = 1 << 29,

    /// <summary>SHA-256 of the client's certificate.</summary>
    ClientFingerprint = 1 << 30,

    /// <summary>Everything but the query and the subject of the client's certificate.</summary>
    Default = int.MaxValue - Query - ClientSubject,
}
