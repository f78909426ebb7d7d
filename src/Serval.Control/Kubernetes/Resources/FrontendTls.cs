namespace Serval.Control.Kubernetes.Resources;

/// <summary>TLS with clients: for all HTTPS listeners of a Gateway, and for single ports instead.</summary>
internal sealed record FrontendTls
{
    public FrontendTlsSettings? Default { get; init; }

    public IReadOnlyList<FrontendTlsOfPort> PerPort { get; init => field = value ?? []; } = [];
}
