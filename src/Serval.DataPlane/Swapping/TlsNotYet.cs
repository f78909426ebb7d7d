using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.DataPlane.Swapping;

/// <summary>Keeps this router from serving in clear text what a snapshot wants under TLS.</summary>
internal static class TlsNotYet
{
    /// <summary>What the snapshot asks of TLS; empty when nothing.</summary>
    public static ImmutableArray<Finding> FindingsOf(Snapshot snapshot)
    {
        ImmutableArray<Finding>.Builder findings = ImmutableArray.CreateBuilder<Finding>();
        foreach (Listener listener in snapshot.Listeners)
        {
            if (listener.Tls is not null) findings.Add(Refuse($"Listener {listener.Name}", "protocol"));
        }

        foreach (Cluster cluster in snapshot.Clusters)
        {
            if (cluster.Tls is not null) findings.Add(Refuse($"Cluster {cluster.Name}", "tls"));
        }

        return findings.ToImmutable();
    }

    private static Finding Refuse(string subject, string field) => new(
        Severity.Error, subject, field, "Unsupported", "this router does not speak TLS yet; remove it");
}
