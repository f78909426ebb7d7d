namespace Serval.Control.Kubernetes.Resources;

/// <summary>Specification of a ListenerPolicy.</summary>
internal sealed record ListenerPolicySpec
{
    /// <summary>Gateways and ListenerSets of its namespace, or single listeners of them.</summary>
    public required IReadOnlyList<PolicyTarget> TargetRefs { get; init => field = value ?? []; } = [];

    /// <summary><c>Default</c>, <c>Strict</c> or <c>Raw</c>.</summary>
    public required string PathPolicy { get; init; }
}
