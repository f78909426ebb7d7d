namespace Serval.Control.Kubernetes.Resources;

/// <summary>The namespaces from which ListenerSets may attach: none, unless the Gateway says so.</summary>
internal sealed record ListenerNamespaces
{
    public string From { get; init => field = value ?? "None"; } = "None";

    public LabelSelector? Selector { get; init; }

    /// <summary>The same choice as routes have it.</summary>
    public RouteNamespaces AsRouteNamespaces() => new() { From = From, Selector = Selector };
}
