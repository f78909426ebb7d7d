using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>GatewayClass: which controller serves the Gateways of this class.</summary>
internal sealed record GatewayClassResource : Resource
{
    public required GatewayClassSpec Spec { get; init; }

    [JsonIgnore]
    public override string KindName => Kinds.GatewayClass;
}
