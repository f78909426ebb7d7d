namespace Serval.Control.Kubernetes.Resources;

/// <summary>Where a share of a rule's requests goes.</summary>
internal sealed record BackendReference
{
    public string Group { get; init => field = value ?? Groups.Core; } = Groups.Core;

    public string Kind { get; init => field = value ?? Kinds.Service; } = Kinds.Service;

    public required string Name { get; init; }

    public string? Namespace { get; init; }

    public int? Port { get; init; }

    public int? Weight { get; init; }

    public IReadOnlyList<RouteFilter> Filters { get; init => field = value ?? []; } = [];
}
