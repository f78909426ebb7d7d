using System.Net;
using Serval.Config.Model;
using SocketAddress = Serval.DataPlane.Rings.SocketAddress;

namespace Serval.DataPlane.Balancing;

/// <summary>
/// Gives clusters and endpoints slots that stay the same from one snapshot to the next, so that connection
/// pools and counts survive a swap. A slot is used again only when no worker can hold anything of its former
/// owner. Owner: the publisher. Thread: the publisher's. Bound: <see cref="Limits.Clusters"/>,
/// <see cref="Limits.Endpoints"/>.
/// </summary>
internal sealed class EndpointRegistry
{
    private readonly Dictionary<string, int> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _leavingClusters = new(StringComparer.Ordinal);
    private readonly Queue<int> _freeClusters = new();
    private readonly Dictionary<Endpoint, int> _endpoints = [];
    private readonly Stack<int> _freeEndpoints = new();
    private readonly Dictionary<int, long> _retired = [];
    private int[]?[] _byCluster = [];
    private SocketAddress[] _addresses = [];
    private int _clustersTouched;
    private int _endpointsTouched;
    private long _sequence;

    /// <summary>Slot of a cluster of the last update.</summary>
    public int ClusterSlot(string name) => _clusters[name];

    /// <summary>True when a snapshot's clusters and endpoints find room next to what is still held.</summary>
    public bool HasRoomFor(Snapshot snapshot)
    {
        // What is there now stays next to what comes: slots are given out before any come back.
        HashSet<string> clusters = new(_clusters.Keys, StringComparer.Ordinal);
        foreach (Cluster cluster in snapshot.Clusters) clusters.Add(cluster.Name);
        HashSet<Endpoint> endpoints = [.. _endpoints.Keys];
        foreach (EndpointSet set in snapshot.EndpointSets) endpoints.UnionWith(set.Endpoints);
        return clusters.Count <= Limits.Clusters && endpoints.Count + _retired.Count <= Limits.Endpoints;
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
        }
    }

    /// <summary>
    /// The directory for a snapshot. Arrays of clusters that did not change are shared with the last one.
    /// </summary>
    public EndpointDirectory Update(Snapshot snapshot)
    {
        _sequence++;
        UpdateClusters(snapshot);
        HashSet<Endpoint> wanted = [];
        int[]?[] byCluster = new int[]?[Math.Max(_clustersTouched, 1)];
        SocketAddress[] addresses = _addresses;
        foreach (EndpointSet set in snapshot.EndpointSets)
        {
            int[] slots = new int[set.Endpoints.Length];
            for (int i = 0; i < slots.Length; i++)
            {
                wanted.Add(set.Endpoints[i]);
                slots[i] = SlotOf(set.Endpoints[i], ref addresses);
            }

            int cluster = _clusters[set.Cluster];
            int[]? before = cluster < _byCluster.Length ? _byCluster[cluster] : null;
            byCluster[cluster] = before is not null && before.AsSpan().SequenceEqual(slots) ? before : slots;
        }

        KeepLeaving(byCluster, wanted);
        Retire(wanted);
        _byCluster = byCluster;
        _addresses = addresses;
        int[] retired = new int[_retired.Count];
        _retired.Keys.CopyTo(retired, 0);
        return new EndpointDirectory
        {
            Sequence = _sequence,
            Clusters = byCluster,
            Addresses = addresses,
            Retired = retired,
        };
    }

    // A cluster that is gone keeps its endpoints until the update after: a worker may see this directory one
    // turn before the tables that no longer name the cluster, and those tables' exchanges may still try
    // again.
    private void KeepLeaving(int[]?[] byCluster, HashSet<Endpoint> wanted)
    {
        HashSet<int> kept = [];
        foreach (int cluster in _leavingClusters.Values)
        {
            byCluster[cluster] = cluster < _byCluster.Length ? _byCluster[cluster] : null;
            kept.UnionWith(byCluster[cluster] ?? []);
        }

        foreach ((Endpoint endpoint, int slot) in _endpoints)
        {
            if (kept.Contains(slot)) wanted.Add(endpoint);
        }
    }

    // First in, first out: an exchange that still names a freed cluster would have to outlive tens of
    // thousands.
    private void UpdateClusters(Snapshot snapshot)
    {
        foreach (int slot in _leavingClusters.Values) _freeClusters.Enqueue(slot);
        _leavingClusters.Clear();
        HashSet<string> wanted = new(StringComparer.Ordinal);
        foreach (Cluster cluster in snapshot.Clusters) wanted.Add(cluster.Name);
        foreach ((string name, int slot) in _clusters)
        {
            if (wanted.Contains(name)) continue;
            _clusters.Remove(name);
            _leavingClusters[name] = slot;
        }

        foreach (Cluster cluster in snapshot.Clusters)
        {
            if (_clusters.ContainsKey(cluster.Name)) continue;
            int slot = _clustersTouched < Limits.Clusters ? _clustersTouched++ : _freeClusters.Dequeue();
            _clusters[cluster.Name] = slot;
        }
    }

    private int SlotOf(Endpoint endpoint, ref SocketAddress[] addresses)
    {
        if (_endpoints.TryGetValue(endpoint, out int slot)) return slot;
        if (!_freeEndpoints.TryPop(out slot)) slot = _endpointsTouched++;
        // Workers read the published array: it is copied before it changes.
        if (ReferenceEquals(addresses, _addresses) || slot >= addresses.Length)
        {
            SocketAddress[] copy = new SocketAddress[Math.Max(addresses.Length, NextSize(slot))];
            addresses.CopyTo(copy, 0);
            addresses = copy;
        }

        addresses[slot] = SocketAddress.From(
            new IPEndPoint(IPAddress.Parse(endpoint.Address), endpoint.Port));
        _endpoints[endpoint] = slot;
        return slot;
    }

    private static int NextSize(int slot) =>
        Math.Max(16, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)slot + 1));

    private void Retire(HashSet<Endpoint> wanted)
    {
        foreach ((Endpoint endpoint, int slot) in _endpoints)
        {
            if (wanted.Contains(endpoint)) continue;
            _endpoints.Remove(endpoint);
            _retired[slot] = _sequence;
        }
    }
}
