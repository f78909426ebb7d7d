namespace Serval.Control.Kubernetes.Resources;

/// <summary>A kind of route.</summary>
internal sealed record RouteGroupKind
{
    public string Group { get; init => field = value ?? Groups.Gateway; } = Groups.Gateway;

    public required string Kind { get; init; }
}
