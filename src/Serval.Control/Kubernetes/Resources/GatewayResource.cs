using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>Gateway: listeners that routes attach to.</summary>
internal sealed record GatewayResource : Resource
{
    public required GatewaySpec Spec { get; init; }

    [JsonIgnore]
    public override string KindName => Kinds.Gateway;
}
