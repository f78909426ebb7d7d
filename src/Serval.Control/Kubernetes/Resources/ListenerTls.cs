using System.Text.Json;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>TLS settings of a listener.</summary>
internal sealed record ListenerTls
{
    public string Mode { get; init => field = value ?? "Terminate"; } = "Terminate";

    public IReadOnlyList<SecretReference> CertificateRefs { get; init => field = value ?? []; } = [];

    public JsonElement? Options { get; init; }
}
