namespace Serval.Control.Kubernetes.Resources;

/// <summary>State of an endpoint; absent <see cref="Ready"/> means ready.</summary>
internal sealed record SliceConditions
{
    public bool? Ready { get; init; }

    public bool? Serving { get; init; }

    public bool? Terminating { get; init; }
}
