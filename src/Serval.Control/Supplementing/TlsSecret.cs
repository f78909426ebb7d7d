using System.Collections.Immutable;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Supplementing;

/// <summary>Makes Secrets of type kubernetes.io/tls.</summary>
internal static class TlsSecret
{
    /// <summary>The Secret with this chain and key, both PEM.</summary>
    public static SecretResource Of(ObjectKey key, string chainPem, string keyPem) => new()
    {
        Metadata = new ObjectMeta { Name = key.Name, Namespace = key.Namespace },
        Type = "kubernetes.io/tls",
        StringData = ImmutableDictionary<string, string>.Empty
            .Add("tls.crt", chainPem)
            .Add("tls.key", keyPem),
    };
}
