namespace Serval.Control.Kubernetes.Resources;

/// <summary>Which share of requests is mirrored.</summary>
internal sealed record MirrorFraction
{
    public required int Numerator { get; init; }

    public int? Denominator { get; init; }
}
