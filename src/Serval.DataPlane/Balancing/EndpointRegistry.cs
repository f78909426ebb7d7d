using System.Collections.Immutable;
using System.Net;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Tls;
using SocketAddress = Serval.DataPlane.Rings.SocketAddress;

namespace Serval.DataPlane.Balancing;

/// <summary>
/// Gives clusters and endpoints slots that stay the same from one snapshot to the next, so that connection
/// pools and counts survive a swap. A slot is used again only when no worker can hold anything of its former
/// owner. Owner: the publisher. Thread: the publisher's. Bound: <see cref="Limits.Clusters"/>,
/// <see cref="Limits.Endpoints"/>.
/// </summary>
/// <param name="policies">TLS towards endpoints; null for none.</param>
internal sealed class EndpointRegistry(UpstreamPolicies? policies = null)
{
    private readonly UpstreamPolicies _policies = policies ?? new UpstreamPolicies(new CertificateStore());
    private readonly Dictionary<string, int> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _leavingClusters = new(StringComparer.Ordinal);
    private readonly Queue<int> _freeClusters = new();
    private readonly Dictionary<SecuredEndpoint, int> _endpoints = [];
    private readonly Stack<int> _freeEndpoints = new();
    private readonly Dictionary<int, long> _retired = [];
    private readonly List<int> _released = [];
    private readonly List<(int Slot, SocketAddress Address)> _addressed = [];
    private ImmutableArray<Cluster> _clustersSeen = [];
    private ImmutableArray<EndpointSet> _setsSeen;
    private int[] _clusterOfSet = [];
    private int[] _clusterSeries = [];
    private ClusterEntry[] _entries = [];
    private int[]?[] _byCluster = [];
    private int[]?[] _fallback = [];
    private EndpointEntry[] _owners = [];
    private EndpointAddresses _addresses = EndpointAddresses.Empty;
    private UpstreamSecurity?[] _securities = [];
    private int _clustersTouched;
    private int _endpointsTouched;
    private long _sequence;
    private long _policySeen;
    private bool _areSecuritiesPublished;

    /// <summary>Series of clusters in the metrics; a name keeps its series.</summary>
    public SeriesRegistry ClusterSeries { get; } = new(Limits.ClusterSeries);

    /// <summary>
    /// Endpoints that clusters have, of the first <see cref="Limits.EndpointSeries"/> slots.
    /// </summary>
    public List<(int Slot, Endpoint Endpoint)> Named()
    {
        List<(int, Endpoint)> named = [];
        for (int slot = 0; slot < Math.Min(_owners.Length, Limits.EndpointSeries); slot++)
        {
            if (_owners[slot].Endpoint is { } owner) named.Add((slot, owner.Endpoint));
        }

        return named;
    }

    /// <summary>Slot of a cluster of the last update.</summary>
    public int ClusterSlot(string name) => _clusters[name];

    /// <summary>True when a snapshot's clusters and endpoints find room next to what is still held.</summary>
    public bool HasRoomFor(Snapshot snapshot)
    {
        _policies.Read(snapshot);
        // What is there now stays next to what comes: slots are given out before any come back.
        int clusters = _clusters.Count;
        if (snapshot.Clusters != _clustersSeen)
        {
            foreach (Cluster cluster in snapshot.Clusters)
            {
                if (!_clusters.ContainsKey(cluster.Name)) clusters++;
            }
        }

        HashSet<SecuredEndpoint> added = [];
        if (FindReplaced(snapshot) is { } replaced)
        {
            foreach (int place in replaced) AddNew(snapshot.EndpointSets[place], added);
        }
        else
        {
            foreach (EndpointSet set in snapshot.EndpointSets)
            {
                if (!_clusters.TryGetValue(set.Cluster, out int slot)
                    || _entries[slot].Policy != _policies.KeyOf(set.Cluster)
                    || _entries[slot].Source != set.Endpoints || _entries[slot].Fallback != set.Fallback)
                    AddNew(set, added);
            }
        }

        return clusters <= Limits.Clusters
            && _endpoints.Count + added.Count + _retired.Count <= Limits.Endpoints;
    }

    /// <summary>Slots that the workers have let go of are free again.</summary>
    /// <param name="isHeld">Whether a worker holds connections to a slot, or has not adopted the directory
    /// that retired it.</param>
    public void Reclaim(Func<int, long, bool> isHeld)
    {
        foreach ((int slot, long sequence) in _retired)
        {
            if (isHeld(slot, sequence)) continue;
            _retired.Remove(slot);
            _freeEndpoints.Push(slot);
            if (slot < _securities.Length && _securities[slot] is { } security) security.Slots--;
        }

        _policies.Sweep();
    }

    /// <summary>
    /// The directory for a snapshot. Arrays of clusters that did not change are shared with the last one.
    /// Where sets were only replaced, one for one, the others are not looked at; otherwise those whose
    /// endpoints are the very array of the last update cost a look at their name.
    /// </summary>
    public EndpointDirectory Update(Snapshot snapshot)
    {
        _sequence++;
        _policies.Read(snapshot);
        List<int>? replaced = FindReplaced(snapshot);
        UpdateClusters(snapshot);
        int[]?[] byCluster = new int[]?[Math.Max(_clustersTouched, 1)];
        _byCluster.AsSpan(0, Math.Min(_byCluster.Length, byCluster.Length)).CopyTo(byCluster);
        int[]?[] fallback = new int[]?[byCluster.Length];
        _fallback.AsSpan(0, Math.Min(_fallback.Length, fallback.Length)).CopyTo(fallback);
        if (replaced is not null)
        {
            foreach (int place in replaced)
                Place(snapshot.EndpointSets[place], _clusterOfSet[place], byCluster, fallback);
        }
        else
            PlaceAll(snapshot.EndpointSets, byCluster, fallback);

        _setsSeen = snapshot.EndpointSets;
        _policySeen = _policies.Reading;
        // Only now: an endpoint that moves from one cluster to another keeps its slot.
        foreach (int slot in _released) Release(slot);
        _released.Clear();
        (_byCluster, _fallback) = (byCluster, fallback);
        _addresses = _addresses.With(_addressed);
        _addressed.Clear();
        _areSecuritiesPublished = true;
        int[] retired = new int[_retired.Count];
        _retired.Keys.CopyTo(retired, 0);
        return new EndpointDirectory
        {
            Sequence = _sequence,
            Clusters = byCluster,
            Fallback = fallback,
            ClusterSeries = _clusterSeries,
            Addresses = _addresses,
            Securities = _securities,
            Retired = retired,
        };
    }

    // A cluster that has left since is let go of by looking at all.
    private List<int>? FindReplaced(Snapshot snapshot) =>
        snapshot.Clusters == _clustersSeen && _policySeen == _policies.Reading && _leavingClusters.Count == 0
            ? EndpointSetChanges.FindReplaced(_setsSeen, snapshot.EndpointSets)
            : null;

    private void AddNew(EndpointSet set, HashSet<SecuredEndpoint> added)
    {
        string policy = _policies.KeyOf(set.Cluster);
        AddNew(set.Endpoints, policy, added);
        AddNew(FallbackOf(set), policy, added);
    }

    private void AddNew(ImmutableArray<Endpoint> endpoints, string policy, HashSet<SecuredEndpoint> added)
    {
        foreach (Endpoint endpoint in endpoints)
        {
            SecuredEndpoint secured = new(endpoint, policy);
            if (!_endpoints.ContainsKey(secured)) added.Add(secured);
        }
    }

    private static ImmutableArray<Endpoint> FallbackOf(EndpointSet set) =>
        set.Fallback.IsDefault ? [] : set.Fallback;

    private void PlaceAll(ImmutableArray<EndpointSet> sets, int[]?[] byCluster, int[]?[] fallback)
    {
        if (_clusterOfSet.Length != sets.Length) _clusterOfSet = new int[sets.Length];
        for (int i = 0; i < sets.Length; i++)
        {
            int cluster = _clusters[sets[i].Cluster];
            _clusterOfSet[i] = cluster;
            _entries[cluster].SeenAt = _sequence;
            Place(sets[i], cluster, byCluster, fallback);
        }

        ReleaseUnseen(byCluster, fallback);
    }

    private void Place(EndpointSet set, int cluster, int[]?[] byCluster, int[]?[] fallback)
    {
        ref ClusterEntry entry = ref _entries[cluster];
        string policy = _policies.KeyOf(set.Cluster);
        // Another policy makes other endpoints of them all.
        if (entry.Policy != policy) (entry.Source, entry.Fallback) = (default, default);
        entry.Policy = policy;
        ImmutableArray<Endpoint> others = FallbackOf(set);
        if (!others.IsEmpty || fallback[cluster] is not null)
        {
            if (entry.Fallback != others) Replace(ref fallback[cluster], others, policy);
            if (others.IsEmpty) fallback[cluster] = null;
        }

        entry.Fallback = others;
        if (entry.Source == set.Endpoints && byCluster[cluster] is not null) return;
        entry.Source = set.Endpoints;
        Replace(ref byCluster[cluster], set.Endpoints, policy);
    }

    private void Replace(ref int[]? slots, ImmutableArray<Endpoint> endpoints, string policy)
    {
        int[] now = new int[endpoints.Length];
        for (int i = 0; i < now.Length; i++)
        {
            now[i] = SlotOf(new SecuredEndpoint(endpoints[i], policy));
            _owners[now[i]].Users++;
        }

        bool isSame = slots is not null && slots.AsSpan().SequenceEqual(now);
        _released.AddRange(isSame ? now : slots ?? []);
        if (!isSame) slots = now;
    }

    // A cluster that is gone keeps its endpoints until the update after: a worker may see this directory one
    // turn before the tables that no longer name the cluster, and those tables' exchanges may still try
    // again.
    private void ReleaseUnseen(int[]?[] byCluster, int[]?[] fallback)
    {
        foreach (int cluster in _leavingClusters.Values) _entries[cluster].SeenAt = _sequence;
        for (int cluster = 0; cluster < byCluster.Length; cluster++)
        {
            if (byCluster[cluster] is null || _entries[cluster].SeenAt == _sequence) continue;
            _released.AddRange(byCluster[cluster]!);
            _released.AddRange(fallback[cluster] ?? []);
            (byCluster[cluster], fallback[cluster]) = (null, null);
            (_entries[cluster].Source, _entries[cluster].Fallback) = (default, default);
        }
    }

    // First in, first out: an exchange that still names a freed cluster would have to outlive tens of
    // thousands.
    private void UpdateClusters(Snapshot snapshot)
    {
        foreach (int slot in _leavingClusters.Values) _freeClusters.Enqueue(slot);
        _leavingClusters.Clear();
        if (snapshot.Clusters == _clustersSeen) return;
        List<Cluster> lost = [];
        List<Cluster> gained = [];
        ListDifference.Find(_clustersSeen, snapshot.Clusters, static item => item.Name, lost, gained);
        _clustersSeen = snapshot.Clusters;
        HashSet<string> stay = new(gained.Count, StringComparer.Ordinal);
        foreach (Cluster cluster in gained) stay.Add(cluster.Name);
        foreach (Cluster cluster in lost)
        {
            if (!stay.Contains(cluster.Name) && _clusters.Remove(cluster.Name, out int slot))
                _leavingClusters[cluster.Name] = slot;
        }

        List<(int Slot, int Series)> added = [];
        foreach (Cluster cluster in gained)
        {
            if (_clusters.ContainsKey(cluster.Name)) continue;
            int slot = _clustersTouched < Limits.Clusters ? _clustersTouched++ : _freeClusters.Dequeue();
            _clusters[cluster.Name] = slot;
            added.Add((slot, ClusterSeries.Of(cluster.Name)));
        }

        SetSeries(added);

        if (_entries.Length < _clustersTouched) Array.Resize(ref _entries, NextSize(_clustersTouched - 1));
    }

    // Workers read the array that was published: what changes is changed in a copy. A cluster that has left
    // keeps its series until its slot is another's, for the exchanges that still name it.
    private void SetSeries(List<(int Slot, int Series)> added)
    {
        if (added.Count == 0) return;
        int[] copy = new int[_clustersTouched];
        _clusterSeries.CopyTo(copy, 0);
        foreach ((int slot, int series) in added) copy[slot] = series;
        _clusterSeries = copy;
    }

    private int SlotOf(SecuredEndpoint secured)
    {
        if (_endpoints.TryGetValue(secured, out int slot)) return slot;
        if (!_freeEndpoints.TryPop(out slot)) slot = _endpointsTouched++;
        _addressed.Add((slot, SocketAddress.From(
            new IPEndPoint(IPAddress.Parse(secured.Endpoint.Address), secured.Endpoint.Port))));
        if (slot >= _owners.Length) Array.Resize(ref _owners, NextSize(slot));
        _owners[slot].Endpoint = secured;
        _endpoints[secured] = slot;
        SetSecurity(slot, _policies.Find(secured.Policy));
        return slot;
    }

    // Workers read the array that was published: what changes is changed in a copy.
    private void SetSecurity(int slot, UpstreamSecurity? security)
    {
        if (security is not null) security.Slots++;
        if (slot >= _securities.Length && security is null) return;
        if (slot < _securities.Length && ReferenceEquals(_securities[slot], security)) return;
        if (_areSecuritiesPublished || slot >= _securities.Length)
        {
            UpstreamSecurity?[] copy = new UpstreamSecurity?[Math.Max(_securities.Length, NextSize(slot))];
            _securities.CopyTo(copy, 0);
            _securities = copy;
            _areSecuritiesPublished = false;
        }

        _securities[slot] = security;
    }

    private static int NextSize(int slot) =>
        Math.Max(16, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)slot + 1));

    private void Release(int slot)
    {
        ref EndpointEntry owner = ref _owners[slot];
        if (--owner.Users > 0) return;
        _endpoints.Remove(owner.Endpoint!.Value);
        owner.Endpoint = null;
        _retired[slot] = _sequence;
    }

    // What a cluster's endpoints were made from, and the last update that named it.
    private struct ClusterEntry
    {
        public ImmutableArray<Endpoint> Source;
        public ImmutableArray<Endpoint> Fallback;
        public string? Policy;
        public long SeenAt;
    }

    // Whose slot it is, and in how many clusters it is.
    private struct EndpointEntry
    {
        public SecuredEndpoint? Endpoint;
        public int Users;
    }

    // An endpoint under a policy of TLS: connections of one are never used for another.
    private readonly record struct SecuredEndpoint(Endpoint Endpoint, string Policy);
}
