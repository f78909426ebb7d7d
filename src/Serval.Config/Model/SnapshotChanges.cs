using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>Objects that a <see cref="SnapshotDelta"/> adds or replaces.</summary>
public sealed record SnapshotChanges
{
    /// <summary>Listeners, by name.</summary>
    public ImmutableArray<Listener> Listeners { get; init; } = [];

    /// <summary>Routes, by name.</summary>
    public ImmutableArray<HttpRoute> Routes { get; init; } = [];

    /// <summary>Clusters, by name.</summary>
    public ImmutableArray<Cluster> Clusters { get; init; } = [];

    /// <summary>Endpoint sets, by cluster; each replaces the whole set.</summary>
    public ImmutableArray<EndpointSet> EndpointSets { get; init; } = [];

    /// <summary>TLSRoutes, by name.</summary>
    public ImmutableArray<TlsRoute> TlsRoutes { get; init; } = [];

    /// <summary>Certificates, by name.</summary>
    public ImmutableArray<Certificate> Certificates { get; init; } = [];

    /// <summary>Authorities, by name.</summary>
    public ImmutableArray<Authority> Authorities { get; init; } = [];
}
