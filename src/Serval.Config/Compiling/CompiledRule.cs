namespace Serval.Config.Compiling;

/// <summary>A rule as workers read it. Blittable; lives in the snapshot's unmanaged memory.</summary>
public readonly record struct CompiledRule
{
    /// <summary>
    /// Number of the route, see <see cref="CompiledSnapshot.Route"/>; of a TLS route its place in
    /// <see cref="Model.Snapshot.TlsRoutes"/>.
    /// </summary>
    public required int RouteIndex { get; init; }

    /// <summary>Place of the rule inside its route.</summary>
    public required int RuleIndex { get; init; }

    /// <summary>Bound on the whole exchange, milliseconds; 0 means none.</summary>
    public required int RequestTimeoutMs { get; init; }

    /// <summary>Bound on one attempt, milliseconds; 0 means none.</summary>
    public required int BackendRequestTimeoutMs { get; init; }

    /// <summary>Index for <see cref="CompiledSnapshot.Retry"/>; -1 means none.</summary>
    public required int RetryIndex { get; init; }

    /// <summary>Where copies of its requests go, see <see cref="CompiledSnapshot.Mirrors"/>.</summary>
    public required Slice Mirrors { get; init; }

    /// <summary>Its backends, see <see cref="CompiledSnapshot.Backends"/>; cumulative weights.</summary>
    public required Slice Backends { get; init; }

    /// <summary>Sum of the backends' weights; 0 answers 500.</summary>
    public required int WeightTotal { get; init; }

    /// <summary>The rule's own filters.</summary>
    public required CompiledFilters Filters { get; init; }
}
