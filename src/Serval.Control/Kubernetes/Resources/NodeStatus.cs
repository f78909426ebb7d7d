namespace Serval.Control.Kubernetes.Resources;

/// <summary>Status of a Node, as the kubelet reports it.</summary>
internal sealed record NodeStatus
{
    public IReadOnlyList<NodeAddress> Addresses { get; init => field = value ?? []; } = [];
}
