using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Serval.Config.Model;
using Serval.Control.Resolving;

namespace Serval.Control.Translating;

/// <summary>
/// Graph to snapshot and delta. A snapshot is the last one with the delta applied, as routers apply it: lists
/// of which nothing changes are the very same arrays. Its version is a hash of the hashes of its objects, so
/// that equal objects give an equal version and a change costs what it changes.
/// </summary>
/// <remarks>Owner: one control plane. Thread: one at a time.</remarks>
internal sealed class SnapshotBuilder
{
    private const int VersionHexDigits = 16;
    private const int PartsAlways = 4;
    private readonly SnapshotPart<Listener> _listeners = new(item => Alone() with { Listeners = [item] });
    private readonly SnapshotPart<HttpRoute> _routes = new(item => Alone() with { Routes = [item] });
    private readonly SnapshotPart<Cluster> _clusters = new(item => Alone() with { Clusters = [item] });
    private readonly SnapshotPart<EndpointSet> _endpoints = new(
        item => Alone() with { EndpointSets = [item] });
    private readonly SnapshotPart<TlsRoute> _tlsRoutes = new(item => Alone() with { TlsRoutes = [item] });
    private readonly SnapshotPart<Certificate> _certificates = new(
        item => Alone() with { Certificates = [item] });
    private readonly SnapshotPart<Authority> _authorities = new(
        item => Alone() with { Authorities = [item] });
    private readonly Dictionary<string, int> _clusterUses = new(StringComparer.Ordinal);
    private readonly HashSet<string> _touchedClusters = new(StringComparer.Ordinal);

    /// <summary>The snapshot of the last call; empty before the first.</summary>
    public Snapshot Current { get; private set; } = new() { Version = VersionOf([0, 0, 0, 0]) };

    /// <summary>Replaces a route; null where there was or is none.</summary>
    public void Replace(HttpRoute? before, HttpRoute? after)
    {
        foreach (string cluster in ClustersOf(after))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_clusterUses, cluster, out _)++;
            _touchedClusters.Add(cluster);
        }
        foreach (string cluster in ClustersOf(before))
        {
            if (--CollectionsMarshal.GetValueRefOrNullRef(_clusterUses, cluster) == 0)
                _clusterUses.Remove(cluster);
            _touchedClusters.Add(cluster);
        }
        if (after is not null)
            _routes.Put(after.Name, after);
        else if (before is not null)
            _routes.Remove(before.Name);
    }

    /// <summary>
    /// Brings the snapshot up to date after the routes were replaced. The delta is null when nothing changed.
    /// </summary>
    public SnapshotDelta? Update(Graph graph, GraphChanges changes)
    {
        if (changes.AreGatewaysResolved)
            UpdateListeners(graph);
        _touchedClusters.UnionWith(changes.Clusters);
        foreach (string name in _touchedClusters)
            UpdateCluster(graph, name);
        _touchedClusters.Clear();
        if (!_listeners.HasChanges && !_routes.HasChanges && !_clusters.HasChanges && !_endpoints.HasChanges
            && !_tlsRoutes.HasChanges && !_certificates.HasChanges && !_authorities.HasChanges)
            return null;

        string version = VersionOf([
            _listeners.Sum, _routes.Sum, _clusters.Sum, _endpoints.Sum, _tlsRoutes.Sum, _certificates.Sum,
            _authorities.Sum,
        ]);
        SnapshotDelta delta = new()
        {
            BaseVersion = Current.Version,
            Version = version,
            Changed = new SnapshotChanges
            {
                Listeners = _listeners.Changed,
                Routes = _routes.Changed,
                Clusters = _clusters.Changed,
                EndpointSets = _endpoints.Changed,
                TlsRoutes = _tlsRoutes.Changed,
                Certificates = _certificates.Changed,
                Authorities = _authorities.Changed,
            },
            Removed = new SnapshotRemovals
            {
                Listeners = _listeners.Removed,
                Routes = _routes.Removed,
                Clusters = _clusters.Removed,
                EndpointSets = _endpoints.Removed,
                TlsRoutes = _tlsRoutes.Removed,
                Certificates = _certificates.Removed,
                Authorities = _authorities.Removed,
            },
        };
        _listeners.MarkTaken();
        _routes.MarkTaken();
        _clusters.MarkTaken();
        _endpoints.MarkTaken();
        _tlsRoutes.MarkTaken();
        _certificates.MarkTaken();
        _authorities.MarkTaken();
        Current = delta.ApplyTo(Current);
        return delta;
    }

    private static IEnumerable<string> ClustersOf(HttpRoute? route) => route is null
        ? []
        : route.Rules.SelectMany(rule => rule.Backends).Select(backend => backend.Cluster).OfType<string>();

    private static Snapshot Alone() => new() { Version = "" };

    private void UpdateListeners(Graph graph)
    {
        foreach (string gone in _listeners.Names.Where(name => !graph.Listeners.ContainsKey(name)).ToArray())
            _listeners.Remove(gone);
        foreach (Listener listener in graph.Listeners.Values)
            _listeners.Put(listener.Name, listener);
    }

    private void UpdateCluster(Graph graph, string name)
    {
        if (!_clusterUses.ContainsKey(name))
        {
            _clusters.Remove(name);
            _endpoints.Remove(name);
            return;
        }
        _clusters.Put(name, new Cluster { Name = name });
        _endpoints.Put(name, graph.Clusters[name].Endpoints);
    }

    // Parts at the end that are empty do not count, so that a snapshot's version stays as it was before there
    // were such parts.
    private static string VersionOf(ReadOnlySpan<UInt128> sums)
    {
        while (sums.Length > PartsAlways && sums[^1] == 0)
            sums = sums[..^1];
        Span<byte> bytes = stackalloc byte[sums.Length * 16];
        for (int i = 0; i < sums.Length; i++)
            BinaryPrimitives.WriteUInt128LittleEndian(bytes[(i * 16)..], sums[i]);
        return Convert.ToHexStringLower(SHA256.HashData(bytes))[..VersionHexDigits];
    }
}
