namespace Serval.Control.Kubernetes.Resources;

/// <summary>How a Gateway presents itself to backends.</summary>
internal sealed record GatewayBackendTls
{
    public ObjectReference? ClientCertificateRef { get; init; }
}
