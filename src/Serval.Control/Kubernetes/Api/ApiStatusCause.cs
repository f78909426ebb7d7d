namespace Serval.Control.Kubernetes.Api;

/// <summary>One cause in <see cref="ApiStatusDetails"/>.</summary>
internal sealed record ApiStatusCause
{
    public string? Reason { get; init; }
}
