using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>The ready endpoints of one cluster.</summary>
/// <param name="Cluster">Name of the <see cref="Model.Cluster"/>.</param>
/// <param name="Endpoints">
/// Those that are preferred, sorted by address, then port; without these and others to fall back to the
/// answer is 503 at once.
/// </param>
public sealed record EndpointSet(string Cluster, ImmutableArray<Endpoint> Endpoints)
{
    /// <summary>
    /// Endpoints that count only while no preferred one can be used; sorted, none of them preferred.
    /// </summary>
    public ImmutableArray<Endpoint> Fallback { get; init; } = [];

    /// <summary>Why some are preferred.</summary>
    public EndpointAffinity Affinity { get; init; }

    /// <summary>The endpoints of both lists that are in other clusters of a mesh, by cluster.</summary>
    public ImmutableArray<EndpointSource> Sources { get; init; } = [];
}
