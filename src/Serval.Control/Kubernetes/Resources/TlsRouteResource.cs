using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>TLSRoute: TLS connections by server name.</summary>
internal sealed record TlsRouteResource : RouteResource
{
    public TlsRouteSpec Spec { get; init => field = value ?? new(); } = new();

    [JsonIgnore]
    public override RouteSpec Attaching => Spec;

    [JsonIgnore]
    public override string KindName => Kinds.TlsRoute;
}
