namespace Serval.Control.Kubernetes.Resources;

/// <summary>Status of a Gateway as far as it is read back.</summary>
internal sealed record GatewayResourceStatus
{
    public IReadOnlyList<GatewayAddress> Addresses { get; init => field = value ?? []; } = [];
}
