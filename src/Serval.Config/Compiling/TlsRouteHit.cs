namespace Serval.Config.Compiling;

/// <summary>The answer of a lookup by server name.</summary>
/// <param name="RuleId">
/// For <see cref="CompiledSnapshot.Rule"/>, whose backends are the route's; -1 when no route is for the name.
/// </param>
/// <param name="RouteIndex">The route, in <see cref="Model.Snapshot.TlsRoutes"/>; -1 when there is
/// none.</param>
public readonly record struct TlsRouteHit(int RuleId, int RouteIndex)
{
    /// <summary>No route.</summary>
    public static TlsRouteHit None => new(-1, -1);
}
