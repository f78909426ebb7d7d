namespace Serval.Control.Kubernetes.Resources;

/// <summary>HTTPRouteRetry: when requests of a rule are sent again.</summary>
internal sealed record RouteRetry
{
    public IReadOnlyList<int> Codes { get; init => field = value ?? []; } = [];

    public int? Attempts { get; init; }

    public string? Backoff { get; init; }
}
