using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>Gateway: listeners that routes attach to.</summary>
internal sealed record GatewayResource : Resource
{
    public required GatewaySpec Spec { get; init; }

    /// <summary>What was reported before: a Gateway keeps the address that it once got.</summary>
    public GatewayResourceStatus Status { get; init => field = value ?? new(); } = new();

    [JsonIgnore]
    public override string KindName => Kinds.Gateway;
}
