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

    /// <summary>The upper half of the exchange's id.</summary>
    public required ulong RequestIdHigh { get; init; }

    /// <summary>The lower half of the exchange's id.</summary>
    public required ulong RequestIdLow { get; init; }
}
