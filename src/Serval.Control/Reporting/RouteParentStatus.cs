using System.Collections.Immutable;

namespace Serval.Control.Reporting;

/// <summary>What became of a route at one of its parents.</summary>
public sealed record RouteParentStatus(
    ParentRef ParentRef, string ControllerName, ImmutableArray<Condition> Conditions);
