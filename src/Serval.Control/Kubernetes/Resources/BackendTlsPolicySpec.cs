using System.Collections.Immutable;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>Specification of a BackendTLSPolicy.</summary>
internal sealed record BackendTlsPolicySpec
{
    public required IReadOnlyList<PolicyTarget> TargetRefs { get; init => field = value ?? []; } = [];

    public required BackendTlsValidation Validation { get; init; }

    public IReadOnlyDictionary<string, string> Options { get; init => field = value ?? None; } = None;

    private static readonly ImmutableDictionary<string, string> None =
        ImmutableDictionary<string, string>.Empty;
}
