namespace Serval.Control.Kubernetes.Resources;

/// <summary>Objects that may refer.</summary>
internal sealed record GrantFrom
{
    public required string Group { get; init; }

    public required string Kind { get; init; }

    public required string Namespace { get; init; }
}
