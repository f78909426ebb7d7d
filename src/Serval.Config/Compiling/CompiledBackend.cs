namespace Serval.Config.Compiling;

/// <summary>A share of a rule's exchanges. Blittable.</summary>
public readonly record struct CompiledBackend
{
    /// <summary>
    /// Number of the cluster, see <see cref="CompiledSnapshot.Cluster"/>; -1 answers 500.
    /// </summary>
    public required int ClusterIndex { get; init; }

    /// <summary>
    /// Sum of the weights up to and including this one: a draw below it, and not below the one before,
    /// chooses it.
    /// </summary>
    public required int CumulativeWeight { get; init; }

    /// <summary>Filters of this backend alone; they apply after the rule's.</summary>
    public required CompiledFilters Filters { get; init; }
}
