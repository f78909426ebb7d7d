using System.Collections.Immutable;

namespace Serval.Control.Reporting;

/// <summary>Status of an HTTPRoute: what this controller says about each parent of its own.</summary>
public sealed record HttpRouteStatus(
    string Namespace, string Name, ImmutableArray<RouteParentStatus> Parents);
