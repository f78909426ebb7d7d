namespace Serval.Control.Kubernetes.Resources;

/// <summary>A new path; <see cref="Type"/> says which member counts.</summary>
internal sealed record PathModifier
{
    public required string Type { get; init; }

    public string? ReplaceFullPath { get; init; }

    public string? ReplacePrefixMatch { get; init; }
}
