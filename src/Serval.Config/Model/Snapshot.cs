using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>
/// A complete, immutable desired configuration of one router: what the control plane publishes, what
/// <c>/config</c> prints and what goldens compare. Compiled as a whole into the tables that workers read.
/// </summary>
/// <remarks>Lists are sorted by name before a snapshot is emitted, so equal inputs give equal
/// bytes.</remarks>
public sealed record Snapshot
{
    /// <summary>
    /// Opaque name of this configuration; compared for equality only. 1 to 128 printable characters.
    /// </summary>
    public required string Version { get; init; }

    /// <summary>Sockets to listen on and the hostnames they serve.</summary>
    public ImmutableArray<Listener> Listeners { get; init; } = [];

    /// <summary>Routes attached to the listeners.</summary>
    public ImmutableArray<HttpRoute> Routes { get; init; } = [];

    /// <summary>Groups of equivalent endpoints that routes send exchanges to.</summary>
    public ImmutableArray<Cluster> Clusters { get; init; } = [];

    /// <summary>
    /// The endpoints of each cluster; kept apart so that their changes never rebuild route tables.
    /// </summary>
    public ImmutableArray<EndpointSet> EndpointSets { get; init; } = [];

    /// <summary>TLSRoutes attached to the listeners.</summary>
    public ImmutableArray<TlsRoute> TlsRoutes { get; init; } = [];

    /// <summary>What listeners and clusters present; public facts alone.</summary>
    public ImmutableArray<Certificate> Certificates { get; init; } = [];

    /// <summary>What certificates of clients and endpoints must come from.</summary>
    public ImmutableArray<Authority> Authorities { get; init; } = [];
}
