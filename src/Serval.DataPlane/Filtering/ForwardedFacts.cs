using Serval.DataPlane.Http;
using Serval.DataPlane.Tls;

namespace Serval.DataPlane.Filtering;

/// <summary>What the connection knows and the upstream is told.</summary>
internal readonly ref struct ForwardedFacts
{
    /// <summary>The peer's address as text, without port or brackets.</summary>
    public required ReadOnlySpan<byte> PeerAddress { get; init; }

    /// <summary>Whether the request came over TLS.</summary>
    public required bool IsHttps { get; init; }

    /// <summary>The listener, where it passes on what clients' certificates say; else null.</summary>
    public ListenerSecurity? Security { get; init; }

    /// <summary>What the client's certificate says.</summary>
    public ClientFacts Client { get; init; }

    /// <summary>The port that the listener listens on.</summary>
    public required int ListenerPort { get; init; }

    /// <summary>What the exchange is known by.</summary>
    public required RequestId RequestId { get; init; }

    /// <summary>Both halves of the id of a trace that begins here.</summary>
    public required ulong TraceIdHigh { get; init; }
    public required ulong TraceIdLow { get; init; }

    /// <summary>Whether the peer is a proxy that may say who asked.</summary>
    public bool IsFromProxy { get; init; }
}
