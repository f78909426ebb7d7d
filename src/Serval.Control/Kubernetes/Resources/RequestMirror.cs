namespace Serval.Control.Kubernetes.Resources;

/// <summary>HTTPRequestMirrorFilter.</summary>
internal sealed record RequestMirror
{
    public required BackendReference BackendRef { get; init; }

    public int? Percent { get; init; }

    public MirrorFraction? Fraction { get; init; }
}
