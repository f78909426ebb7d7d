using System.Collections.Immutable;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Supplementing;

/// <summary>A Secret that listeners name and no file holds.</summary>
/// <param name="Secret">The Secret.</param>
/// <param name="Hostnames">Of the listeners that name it, sorted; those without are left out.</param>
internal sealed record MissingCertificate(ObjectKey Secret, ImmutableArray<string> Hostnames)
{
    /// <summary>
    /// Every Secret that a listener names which terminates TLS, and that is not among the objects; sorted.
    /// </summary>
    public static ImmutableArray<MissingCertificate> Find(ImmutableArray<Resource> objects)
    {
        HashSet<ObjectKey> there = [.. objects.OfType<SecretResource>().Select(secret => secret.Key)];
        SortedDictionary<ObjectKey, SortedSet<string>> missing = [];
        foreach (Resource owner in objects)
        {
            foreach (GatewayListener listener in ListenersOf(owner))
            {
                if (listener is not { Protocol: "HTTPS" or "TLS", Tls: { Mode: "Terminate" } tls })
                    continue;
                foreach (ObjectReference reference in tls.CertificateRefs)
                {
                    ObjectKey key = reference.KeyIn(owner.Metadata.Namespace);
                    if (key is not { Group: Groups.Core, Kind: Kinds.Secret } || there.Contains(key))
                        continue;
                    if (!missing.TryGetValue(key, out SortedSet<string>? names))
                        missing.Add(key, names = new SortedSet<string>(StringComparer.Ordinal));
                    if (listener.Hostname is { } hostname)
                        names.Add(hostname);
                }
            }
        }
        return [.. missing.Select(pair => new MissingCertificate(pair.Key, [.. pair.Value]))];
    }

    private static IReadOnlyList<GatewayListener> ListenersOf(Resource owner) => owner switch
    {
        GatewayResource gateway => gateway.Spec.Listeners,
        ListenerSetResource set => set.Spec.Listeners,
        _ => [],
    };
}
