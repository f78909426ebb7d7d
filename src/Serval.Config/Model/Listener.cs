using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>
/// One Gateway listener: an address, a port, a protocol and the hostname it answers for. Listeners that
/// share address and port share one socket per worker; a request belongs to the one whose hostname is
/// most specific (Gateway API, GatewayHTTPListenerIsolation).
/// </summary>
public sealed record Listener
{
    /// <summary>Unique name, <c>namespace/gateway/listener</c> when it came from a Gateway.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Addresses to bind, IPv4 or IPv6 literals; empty means all addresses of both families.
    /// </summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>TCP port, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>What is spoken on the port.</summary>
    public required ListenerProtocol Protocol { get; init; }

    /// <summary>
    /// Lower-case hostname, exact or with a leading <c>*.</c> label; null means every host.
    /// </summary>
    public string? Hostname { get; init; }

    /// <summary>What becomes of paths that servers may read in different ways.</summary>
    public PathPolicy PathPolicy { get; init; }

    /// <summary>
    /// How TLS is spoken; required for <see cref="ListenerProtocol.Https"/> and
    /// <see cref="ListenerProtocol.Tls"/>, null for others.
    /// </summary>
    public ListenerTls? Tls { get; init; }

    /// <summary>
    /// True when the first bytes of a connection decide what it speaks: TLS, HTTP or SSH. Connections that
    /// speak what the port does not serve are closed.
    /// </summary>
    public bool Detection { get; init; }
}
