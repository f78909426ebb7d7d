using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>What there is to say about the certificates of a configuration.</summary>
internal static class CertificateStates
{
    /// <summary>Every certificate that a snapshot names, in its order.</summary>
    /// <param name="snapshot">What is live; null for none.</param>
    /// <param name="router">Which keys are held.</param>
    /// <param name="sourceOf">Where the key of a name and digest came from.</param>
    public static ImmutableArray<CertificateState> Of(
        Snapshot? snapshot, Router router, Func<string, string, string?> sourceOf)
    {
        if (snapshot is null || snapshot.Certificates.IsDefaultOrEmpty)
            return [];
        ILookup<string, string> uses = UsesOf(snapshot).ToLookup(use => use.Certificate, use => use.User);
        ImmutableArray<CertificateState>.Builder states =
            ImmutableArray.CreateBuilder<CertificateState>(snapshot.Certificates.Length);
        foreach (Certificate certificate in snapshot.Certificates)
        {
            bool isHeld = router.HoldsCertificate(certificate.Name, certificate.Digest);
            states.Add(new CertificateState
            {
                Name = certificate.Name,
                Digest = certificate.Digest,
                Names = certificate.Names,
                NotAfterMs = certificate.NotAfterMs,
                UsedBy = [.. uses[certificate.Name].Order(StringComparer.Ordinal)],
                IsHeld = isHeld,
                Source = isHeld ? sourceOf(certificate.Name, certificate.Digest) : null,
            });
        }

        return states.MoveToImmutable();
    }

    private static IEnumerable<(string Certificate, string User)> UsesOf(Snapshot snapshot)
    {
        foreach (Listener listener in snapshot.Listeners)
        {
            foreach (string name in listener.Tls?.Certificates ?? [])
                yield return (name, listener.Name);
        }

        foreach (Cluster cluster in snapshot.Clusters)
        {
            if (cluster.Tls?.ClientCertificate is { } name)
                yield return (name, cluster.Name);
        }
    }
}
