namespace Serval.Control.Kubernetes.Resources;

/// <summary>A reference to a Secret.</summary>
internal sealed record SecretReference
{
    public string Group { get; init => field = value ?? Groups.Core; } = Groups.Core;

    public string Kind { get; init => field = value ?? Kinds.Secret; } = Kinds.Secret;

    public required string Name { get; init; }

    public string? Namespace { get; init; }
}
