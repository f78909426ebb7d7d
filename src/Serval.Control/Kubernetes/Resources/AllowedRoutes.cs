namespace Serval.Control.Kubernetes.Resources;

/// <summary>Which routes may attach to a listener.</summary>
internal sealed record AllowedRoutes
{
    public RouteNamespaces Namespaces { get; init => field = value ?? new(); } = new();

    public IReadOnlyList<RouteGroupKind> Kinds { get; init => field = value ?? []; } = [];
}
