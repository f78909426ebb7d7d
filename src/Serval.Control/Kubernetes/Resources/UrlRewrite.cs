namespace Serval.Control.Kubernetes.Resources;

/// <summary>A change of host and path on the way to the upstream.</summary>
internal sealed record UrlRewrite
{
    public string? Hostname { get; init; }

    public PathModifier? Path { get; init; }
}
