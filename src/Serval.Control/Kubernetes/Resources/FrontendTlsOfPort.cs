namespace Serval.Control.Kubernetes.Resources;

/// <summary>TLS with clients on one port.</summary>
internal sealed record FrontendTlsOfPort
{
    public required int Port { get; init; }

    public required FrontendTlsSettings Tls { get; init => field = value ?? new(); } = new();
}
