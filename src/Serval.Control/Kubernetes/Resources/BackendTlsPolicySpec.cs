namespace Serval.Control.Kubernetes.Resources;

/// <summary>
/// Specification of a BackendTLSPolicy. How to validate is not read while TLS is not spoken.
/// </summary>
internal sealed record BackendTlsPolicySpec
{
    public required IReadOnlyList<PolicyTarget> TargetRefs { get; init => field = value ?? []; } = [];
}
