namespace Serval.Control.Kubernetes.Resources;

/// <summary>How TLS with clients is configured.</summary>
internal sealed record FrontendTlsSettings
{
    public FrontendValidation? Validation { get; init; }
}
