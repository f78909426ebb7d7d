using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>HTTPRoute.</summary>
internal sealed record HttpRouteResource : RouteResource
{
    public HttpRouteSpec Spec { get; init => field = value ?? new(); } = new();

    [JsonIgnore]
    public override RouteSpec Attaching => Spec;

    [JsonIgnore]
    public override string KindName => Kinds.HttpRoute;
}
