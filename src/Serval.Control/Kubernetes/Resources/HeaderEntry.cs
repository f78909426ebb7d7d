namespace Serval.Control.Kubernetes.Resources;

/// <summary>A header's name and value.</summary>
internal sealed record HeaderEntry
{
    public required string Name { get; init; }

    public required string Value { get; init; }
}
