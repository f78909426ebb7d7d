using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Serval.Config.Model;
using Serval.Control.Certificates;
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
    private readonly Dictionary<string, ImmutableArray<Authority>> _authoritiesOfClusters =
        new(StringComparer.Ordinal);
    private bool _areAuthoritiesTouched;
    private readonly HashSet<string> _touchedClusters = new(StringComparer.Ordinal);

    /// <summary>The snapshot of the last call; empty before the first.</summary>
    public Snapshot Current { get; private set; } = new() { Version = VersionOf([0, 0, 0, 0]) };

    /// <summary>Replaces a route; null where there was or is none.</summary>
    public void Replace(ResolvedRoute? before, ResolvedRoute? after)
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
        if (after?.Translated is { } http)
            _routes.Put(http.Name, http);
        else if (before?.Translated is not null)
            _routes.Remove(before.Translated.Name);
        if (after?.TranslatedTls is { } tls)
            _tlsRoutes.Put(tls.Name, tls);
        else if (before?.TranslatedTls is not null)
            _tlsRoutes.Remove(before.TranslatedTls.Name);
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
        if (changes.AreGatewaysResolved || _areAuthoritiesTouched)
            UpdateAuthorities(graph);
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

    private static IEnumerable<string> ClustersOf(ResolvedRoute? route) =>
        route?.Translated?.NamedClusters() ?? route?.TranslatedTls?.NamedClusters() ?? [];

    private static Snapshot Alone() => new() { Version = "" };

    private void UpdateListeners(Graph graph)
    {
        foreach (string gone in _listeners.Names.Where(name => !graph.Listeners.ContainsKey(name)).ToArray())
            _listeners.Remove(gone);
        foreach (Listener listener in graph.Listeners.Values)
            _listeners.Put(listener.Name, listener);
        foreach (string gone in _certificates.Names.Except(graph.Certificates.Keys).ToArray())
            _certificates.Remove(gone);
        foreach (ReadKeyPair pair in graph.Certificates.Values)
            _certificates.Put(pair.Certificate!.Name, pair.Certificate);
    }

    // Of listeners and of clusters; both name the same one by the same name.
    private void UpdateAuthorities(Graph graph)
    {
        _areAuthoritiesTouched = false;
        Dictionary<string, Authority> wanted = new(graph.Authorities, StringComparer.Ordinal);
        foreach (ImmutableArray<Authority> authorities in _authoritiesOfClusters.Values)
        {
            foreach (Authority authority in authorities)
                wanted[authority.Name] = authority;
        }
        foreach (string gone in _authorities.Names.Except(wanted.Keys).ToArray())
            _authorities.Remove(gone);
        foreach (Authority authority in wanted.Values)
            _authorities.Put(authority.Name, authority);
    }

    private void UpdateCluster(Graph graph, string name)
    {
        if (!_clusterUses.ContainsKey(name))
        {
            _areAuthoritiesTouched |= _authoritiesOfClusters.Remove(name);
            _clusters.Remove(name);
            _endpoints.Remove(name);
            return;
        }
        ResolvedCluster cluster = graph.Clusters[name];
        _clusters.Put(name, new Cluster { Name = name, Tls = cluster.Tls });
        _endpoints.Put(name, cluster.Endpoints);
        ImmutableArray<Authority> before = _authoritiesOfClusters.GetValueOrDefault(name, []);
        if (before.SequenceEqual(cluster.Authorities))
            return;
        _areAuthoritiesTouched = true;
        if (cluster.Authorities.IsEmpty)
            _authoritiesOfClusters.Remove(name);
        else
            _authoritiesOfClusters[name] = cluster.Authorities;
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
