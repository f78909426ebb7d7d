namespace Serval.Control.Kubernetes.Resources;

/// <summary>One expression of a label selector.</summary>
internal sealed record LabelRequirement
{
    public required string Key { get; init; }

    public required string Operator { get; init; }

    public IReadOnlyList<string> Values { get; init => field = value ?? []; } = [];
}
