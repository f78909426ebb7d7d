using System.Collections.Immutable;
using Serval.Control.Kubernetes;

namespace Serval.Control.Reporting;

/// <summary>Status of a ListenerSet.</summary>
public sealed record ListenerSetStatus : ObjectStatus
{
    /// <inheritdoc/>
    public override string Kind => Kinds.ListenerSet;

    /// <summary>What the names of its listeners begin with in the snapshot.</summary>
    public required string ListenerPrefix { get; init; }

    /// <summary>Accepted and Programmed.</summary>
    public ImmutableArray<Condition> Conditions { get; init; } = [];

    /// <summary>In the order of the specification.</summary>
    public ImmutableArray<ListenerStatus> Listeners { get; init; } = [];
}
