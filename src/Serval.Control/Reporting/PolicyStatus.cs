using System.Collections.Immutable;

namespace Serval.Control.Reporting;

/// <summary>
/// Status of a policy: what became of it at each ancestor of this controller (GEP-713, PolicyStatus).
/// </summary>
public abstract record PolicyStatus : ObjectStatus
{
    /// <summary>In the order of the specification; here the parent is the ancestor.</summary>
    public ImmutableArray<RouteParentStatus> Ancestors { get; init; } = [];
}
