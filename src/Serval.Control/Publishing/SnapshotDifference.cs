using System.Collections.Immutable;
using Serval.Config.Model;

namespace Serval.Control.Publishing;

/// <summary>What leads from one snapshot to another, whatever lies between them.</summary>
internal static class SnapshotDifference
{
    /// <summary>
    /// The delta between two snapshots whose lists are sorted by name. Costs a look at each reference, and at
    /// the names of what differs.
    /// </summary>
    public static SnapshotDelta Between(Snapshot start, Snapshot end)
    {
        (ImmutableArray<Listener> listeners, ImmutableArray<string> lostListeners) =
            Compare(start.Listeners, end.Listeners, item => item.Name);
        (ImmutableArray<HttpRoute> routes, ImmutableArray<string> lostRoutes) =
            Compare(start.Routes, end.Routes, item => item.Name);
        (ImmutableArray<Cluster> clusters, ImmutableArray<string> lostClusters) =
            Compare(start.Clusters, end.Clusters, item => item.Name);
        (ImmutableArray<EndpointSet> sets, ImmutableArray<string> lostSets) =
            Compare(start.EndpointSets, end.EndpointSets, item => item.Cluster);
        (ImmutableArray<TlsRoute> tlsRoutes, ImmutableArray<string> lostTlsRoutes) =
            Compare(start.TlsRoutes, end.TlsRoutes, item => item.Name);
        (ImmutableArray<Certificate> certificates, ImmutableArray<string> lostCertificates) =
            Compare(start.Certificates, end.Certificates, item => item.Name);
        (ImmutableArray<Authority> authorities, ImmutableArray<string> lostAuthorities) =
            Compare(start.Authorities, end.Authorities, item => item.Name);
        return new SnapshotDelta
        {
            BaseVersion = start.Version,
            Version = end.Version,
            Changed = new SnapshotChanges
            {
                Listeners = listeners,
                Routes = routes,
                Clusters = clusters,
                EndpointSets = sets,
                TlsRoutes = tlsRoutes,
                Certificates = certificates,
                Authorities = authorities,
            },
            Removed = new SnapshotRemovals
            {
                Listeners = lostListeners,
                Routes = lostRoutes,
                Clusters = lostClusters,
                EndpointSets = lostSets,
                TlsRoutes = lostTlsRoutes,
                Certificates = lostCertificates,
                Authorities = lostAuthorities,
            },
        };
    }

    private static (ImmutableArray<T> Changed, ImmutableArray<string> Removed) Compare<T>(
        ImmutableArray<T> start, ImmutableArray<T> end, Func<T, string> nameOf)
        where T : class
    {
        if (start == end)
            return ([], []);
        ImmutableArray<T>.Builder changed = ImmutableArray.CreateBuilder<T>();
        ImmutableArray<string>.Builder removed = ImmutableArray.CreateBuilder<string>();
        int before = 0;
        int after = 0;
        while (before < start.Length || after < end.Length)
        {
            if (before < start.Length && after < end.Length && ReferenceEquals(start[before], end[after]))
            {
                before++;
                after++;
                continue;
            }

            int order = before == start.Length ? 1
                : after == end.Length ? -1
                : string.CompareOrdinal(nameOf(start[before]), nameOf(end[after]));
            if (order < 0)
                removed.Add(nameOf(start[before]));
            else
                changed.Add(end[after]);
            before += order <= 0 ? 1 : 0;
            after += order >= 0 ? 1 : 0;
        }
        return (changed.ToImmutable(), removed.ToImmutable());
    }
}
