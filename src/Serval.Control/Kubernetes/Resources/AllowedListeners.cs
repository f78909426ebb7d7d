namespace Serval.Control.Kubernetes.Resources;

/// <summary>Which ListenerSets may add listeners to a Gateway.</summary>
internal sealed record AllowedListeners
{
    public ListenerNamespaces Namespaces { get; init => field = value ?? new(); } = new();
}
