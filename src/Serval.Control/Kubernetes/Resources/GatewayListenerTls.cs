using System.Collections.Immutable;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>TLS settings of a listener.</summary>
internal sealed record GatewayListenerTls
{
    public string Mode { get; init => field = value ?? "Terminate"; } = "Terminate";

    public IReadOnlyList<ObjectReference> CertificateRefs { get; init => field = value ?? []; } = [];

    /// <summary>Settings that the Gateway API has no field for, by domain-prefixed name.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init => field = value ?? None; } = None;

    private static readonly ImmutableDictionary<string, string> None =
        ImmutableDictionary<string, string>.Empty;
}
