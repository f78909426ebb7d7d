namespace Serval.Control.Kubernetes.Resources;

/// <summary>Objects that may be referred to; without a name, every object of the kind.</summary>
internal sealed record GrantTo
{
    public required string Group { get; init; }

    public required string Kind { get; init; }

    public string? Name { get; init; }
}
