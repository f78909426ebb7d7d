using System.Collections.Immutable;
using Serval.Control.Kubernetes;

namespace Serval.Control.Reporting;

/// <summary>
/// Status of a ListenerPolicy: what became of each target of this controller (GEP-713, PolicyStatus).
/// </summary>
public sealed record ListenerPolicyStatus : ObjectStatus
{
    /// <inheritdoc/>
    public override string Kind => Kinds.ListenerPolicy;

    /// <inheritdoc/>
    public override string Group => Groups.Serval;

    /// <summary>In the order of the specification; here the parent is the target.</summary>
    public ImmutableArray<RouteParentStatus> Ancestors { get; init; } = [];
}
