namespace Serval.Control.Kubernetes.Resources;

/// <summary>What a route wants to attach to.</summary>
internal sealed record ParentReference
{
    public string Group { get; init => field = value ?? Groups.Gateway; } = Groups.Gateway;

    public string Kind { get; init => field = value ?? Kinds.Gateway; } = Kinds.Gateway;

    public string? Namespace { get; init; }

    public required string Name { get; init; }

    public string? SectionName { get; init; }

    public int? Port { get; init; }
}
