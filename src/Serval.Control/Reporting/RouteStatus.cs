using System.Collections.Immutable;

namespace Serval.Control.Reporting;

/// <summary>Status of a route of any kind: what this controller says about each parent of its own.</summary>
public sealed record RouteStatus(string RouteKind) : ObjectStatus
{
    /// <inheritdoc/>
    public override string Kind => RouteKind;

    /// <summary>In the order of the specification.</summary>
    public ImmutableArray<RouteParentStatus> Parents { get; init; } = [];
}
