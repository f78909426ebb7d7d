namespace Serval.Control.Kubernetes.Api;

/// <summary>The <c>Status</c> object of Kubernetes, as far as it is read.</summary>
internal sealed record ApiStatus
{
    public int? Code { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public ApiStatusDetails? Details { get; init; }
}
