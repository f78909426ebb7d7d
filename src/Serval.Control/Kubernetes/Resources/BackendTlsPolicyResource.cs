using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>BackendTLSPolicy: which Services are to be reached over TLS.</summary>
internal sealed record BackendTlsPolicyResource : Resource
{
    public required BackendTlsPolicySpec Spec { get; init; }

    [JsonIgnore]
    public override string KindName => Kinds.BackendTlsPolicy;
}
