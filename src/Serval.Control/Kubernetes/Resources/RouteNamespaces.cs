namespace Serval.Control.Kubernetes.Resources;

/// <summary>The namespaces from which routes may attach.</summary>
internal sealed record RouteNamespaces
{
    public string From { get; init => field = value ?? "Same"; } = "Same";

    public LabelSelector? Selector { get; init; }
}
