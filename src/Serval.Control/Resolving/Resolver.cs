using System.Collections.Immutable;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;

namespace Serval.Control.Resolving;

/// <summary>
/// Cluster state to graph, in this order: classes of this controller, Gateways of those classes, conflicts
/// among their listeners, then routes with their parents and backends. Pure: equal state, equal graph.
/// </summary>
internal static class Resolver
{
    public static Graph Resolve(
        ClusterState state, string controllerName, ImmutableArray<Finding>.Builder findings)
    {
        ImmutableArray<ResolvedClass> classes =
            GatewayResolver.ResolveClasses(state, controllerName, findings);
        ImmutableArray<ResolvedGateway> gateways = GatewayResolver.ResolveGateways(state, classes, findings);
        BackendResolver backends = new(state);
        RouteResolver routes = new(state, gateways, backends, findings);
        ImmutableArray<ResolvedRoute> resolved =
            [.. state.HttpRoutes.Select(routes.Resolve).OfType<ResolvedRoute>()];
        findings.AddRange(backends.Findings);
        return new Graph
        {
            Classes = classes,
            Gateways = gateways,
            Routes = resolved,
            Endpoints = backends.Endpoints,
        };
    }
}
