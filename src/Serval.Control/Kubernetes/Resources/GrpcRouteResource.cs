using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>
/// GRPCRoute: gRPC calls by service and method. Its rules are not read while no listener takes it.
/// </summary>
internal sealed record GrpcRouteResource : RouteResource
{
    public RouteSpec Spec { get; init => field = value ?? new(); } = new();

    [JsonIgnore]
    public override RouteSpec Attaching => Spec;

    [JsonIgnore]
    public override string KindName => Kinds.GrpcRoute;
}
