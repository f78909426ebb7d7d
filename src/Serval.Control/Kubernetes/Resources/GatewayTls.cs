namespace Serval.Control.Kubernetes.Resources;

/// <summary>TLS settings of a Gateway as a whole.</summary>
internal sealed record GatewayTls
{
    public FrontendTls? Frontend { get; init; }

    public GatewayBackendTls? Backend { get; init; }
}
