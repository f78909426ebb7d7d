namespace Serval.Control.Kubernetes.Resources;

/// <summary>Specification of a ListenerSet.</summary>
internal sealed record ListenerSetSpec
{
    public required ParentReference ParentRef { get; init; }

    public required IReadOnlyList<GatewayListener> Listeners { get; init => field = value ?? []; } = [];
}
