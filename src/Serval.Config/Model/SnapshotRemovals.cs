using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>Names of objects that a <see cref="SnapshotDelta"/> removes.</summary>
public sealed record SnapshotRemovals
{
    /// <summary>Names of listeners.</summary>
    public ImmutableArray<string> Listeners { get; init; } = [];

    /// <summary>Names of routes.</summary>
    public ImmutableArray<string> Routes { get; init; } = [];

    /// <summary>Names of clusters.</summary>
    public ImmutableArray<string> Clusters { get; init; } = [];

    /// <summary>Clusters whose endpoint sets go.</summary>
    public ImmutableArray<string> EndpointSets { get; init; } = [];

    /// <summary>Names of TLSRoutes.</summary>
    public ImmutableArray<string> TlsRoutes { get; init; } = [];

    /// <summary>Names of certificates.</summary>
    public ImmutableArray<string> Certificates { get; init; } = [];

    /// <summary>Names of authorities.</summary>
    public ImmutableArray<string> Authorities { get; init; } = [];
}
