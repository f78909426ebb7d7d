namespace Serval.Control.Kubernetes.Resources;

/// <summary>One endpoint of a slice; its addresses are interchangeable.</summary>
internal sealed record SliceEndpoint
{
    public required IReadOnlyList<string> Addresses { get; init => field = value ?? []; } = [];

    public SliceConditions Conditions { get; init => field = value ?? new(); } = new();

    public string? NodeName { get; init; }
}
