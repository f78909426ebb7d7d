namespace Serval.Control.Kubernetes.Resources;

/// <summary>Specification of a ReferenceGrant.</summary>
internal sealed record ReferenceGrantSpec
{
    public required IReadOnlyList<GrantFrom> From { get; init => field = value ?? []; } = [];

    public required IReadOnlyList<GrantTo> To { get; init => field = value ?? []; } = [];
}
