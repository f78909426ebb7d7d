using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>A share of a rule's exchanges and the cluster that receives it.</summary>
public sealed record WeightedCluster
{
    /// <summary>
    /// Name of the <see cref="Cluster"/>; null stands for a reference that did not resolve, whose share
    /// is answered with 500 (HTTPBackendRef).
    /// </summary>
    public string? Cluster { get; init; }

    /// <summary>Relative share, 0 to 1,000,000.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Filters that apply to this backend alone, after the rule's.</summary>
    public ImmutableArray<Filter> Filters { get; init; } = [];
}
