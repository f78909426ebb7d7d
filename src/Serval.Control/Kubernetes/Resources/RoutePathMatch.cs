namespace Serval.Control.Kubernetes.Resources;

/// <summary>A predicate on the path.</summary>
internal sealed record RoutePathMatch
{
    public string Type { get; init => field = value ?? "PathPrefix"; } = "PathPrefix";

    public string Value { get; init => field = value ?? "/"; } = "/";
}
