using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>
/// TLSRoute: TLS connections by server name. Its rules are not read while no listener takes it.
/// </summary>
internal sealed record TlsRouteResource : RouteResource
{
    public RouteSpec Spec { get; init => field = value ?? new(); } = new();

    [JsonIgnore]
    public override RouteSpec Attaching => Spec;

    [JsonIgnore]
    public override string KindName => Kinds.TlsRoute;
}
