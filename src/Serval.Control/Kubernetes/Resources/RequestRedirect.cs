namespace Serval.Control.Kubernetes.Resources;

/// <summary>A redirect as the answer.</summary>
internal sealed record RequestRedirect
{
    public string? Scheme { get; init; }

    public string? Hostname { get; init; }

    public int? Port { get; init; }

    public PathModifier? Path { get; init; }

    public int? StatusCode { get; init; }
}
