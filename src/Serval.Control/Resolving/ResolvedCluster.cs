using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Control.Resolving;

/// <summary>
/// A cluster that some route names, with its endpoints and what there is to say about them.
/// </summary>
internal sealed record ResolvedCluster(
    ClusterSource Source, EndpointSet Endpoints, ImmutableArray<Finding> Findings)
{
    /// <summary>TLS to its endpoints; null for clear text.</summary>
    public ClusterTls? Tls { get; init; }

    /// <summary>The authorities that <see cref="Tls"/> names.</summary>
    public ImmutableArray<Authority> Authorities { get; init; } = [];
}
