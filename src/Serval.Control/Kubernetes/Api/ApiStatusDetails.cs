namespace Serval.Control.Kubernetes.Api;

/// <summary>Details of an <see cref="ApiStatus"/>.</summary>
internal sealed record ApiStatusDetails
{
    public int? RetryAfterSeconds { get; init; }

    public IReadOnlyList<ApiStatusCause>? Causes { get; init; }
}
