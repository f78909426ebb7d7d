namespace Serval.Control.Kubernetes.Resources;

/// <summary>Timeouts of a rule, as GEP-2257 durations.</summary>
internal sealed record RouteTimeouts
{
    public string? Request { get; init; }

    public string? BackendRequest { get; init; }
}
