using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>HTTPRoute: which requests go where.</summary>
internal sealed record HttpRouteResource : Resource
{
    public HttpRouteSpec Spec { get; init => field = value ?? new(); } = new();

    [JsonIgnore]
    public override string KindName => Kinds.HttpRoute;
}
