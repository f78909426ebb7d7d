using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.DataPlane.Balancing;

namespace Serval.DataPlane.Tests.Balancing;

public sealed class EndpointRegistryTests
{
    private readonly EndpointRegistry _registry = new();

    [Fact]
    public void Slots_stay_the_same_while_endpoints_stay()
    {
        EndpointDirectory before = _registry.Update(SnapshotOf(("a", [1, 2]), ("b", [3])));
        EndpointDirectory after = _registry.Update(SnapshotOf(("b", [3, 4]), ("c", [5]), ("a", [1, 2])));
        int a = _registry.ClusterSlot("a");
        Assert.Same(before.Clusters[a], after.Clusters[a]);
        Assert.Equal(
            before.Clusters[_registry.ClusterSlot("b")]![0], after.Clusters[_registry.ClusterSlot("b")]![0]);
        Assert.Equal([1, 2], PortsOf(after, "a"));
        Assert.Equal([3, 4], PortsOf(after, "b"));
        Assert.Equal([5], PortsOf(after, "c"));
        Assert.Empty(after.Retired);
    }

    [Fact]
    public void Fallback_endpoints_have_slots_and_lose_them_with_their_set()
    {
        Snapshot alone = SnapshotOf(("a", [1]));
        EndpointSet set = alone.EndpointSets[0] with { Fallback = [new Endpoint("10.0.0.9", 9)] };
        Snapshot both = alone with { EndpointSets = [set] };
        Assert.Null(_registry.Update(alone).Fallback[_registry.ClusterSlot("a")]);
        Assert.True(_registry.HasRoomFor(both));
        EndpointDirectory directory = _registry.Update(both);
        int slot = Assert.Single(directory.Fallback[_registry.ClusterSlot("a")]!);
        Assert.Equal(9, directory.Addresses[slot].Port);
        Assert.Empty(directory.Retired);
        // The same list again is the same array; without it the slot is given back.
        Assert.Same(
            directory.Fallback[0], _registry.Update(both with { EndpointSets = [set] }).Fallback[0]);
        // It becomes preferred: the endpoint keeps its slot.
        EndpointSet moved = new("a", set.Fallback);
        EndpointDirectory after = _registry.Update(alone with { EndpointSets = [moved] });
        Assert.Equal([slot], after.Clusters[0]!);
        Assert.Null(after.Fallback[0]);
        Assert.DoesNotContain(slot, after.Retired);
        _registry.Update(alone with { EndpointSets = [set] });
        EndpointDirectory left = _registry.Update(alone);
        Assert.Contains(slot, left.Retired);
    }

    [Fact]
    public void A_cluster_that_comes_back_counts_on_where_it_left()
    {
        EndpointDirectory first = _registry.Update(SnapshotOf(("a", [1]), ("b", [2])));
        int slot = _registry.ClusterSlot("b");
        int series = first.ClusterSeries[slot];
        Assert.NotEqual(first.ClusterSeries[_registry.ClusterSlot("a")], series);
        EndpointDirectory without = _registry.Update(SnapshotOf(("a", [1]), ("c", [3])));
        // Exchanges that began before still name the slot.
        Assert.Equal(series, without.ClusterSeries[slot]);
        EndpointDirectory back = _registry.Update(SnapshotOf(("a", [1]), ("b", [2])));
        Assert.Equal(series, back.ClusterSeries[_registry.ClusterSlot("b")]);
        Assert.Equal(["a", "b", "c"], _registry.ClusterSeries.Names);
    }

    [Fact]
    public void Clusters_beyond_the_bound_are_counted_together()
    {
        (string, int[])[] clusters =
            [.. Enumerable.Range(0, Limits.ClusterSeries + 2).Select(i => ($"c{i}", new int[] { i + 1 }))];
        EndpointDirectory directory = _registry.Update(SnapshotOf(clusters));
        int SeriesOf(int number) => directory.ClusterSeries[_registry.ClusterSlot($"c{number}")];
        Assert.Equal(Limits.ClusterSeries - 1, SeriesOf(Limits.ClusterSeries - 1));
        Assert.Equal(Limits.ClusterSeries, SeriesOf(Limits.ClusterSeries));
        Assert.Equal(Limits.ClusterSeries, SeriesOf(Limits.ClusterSeries + 1));
        Assert.Equal(Limits.ClusterSeries, _registry.ClusterSeries.Names.Count);
    }

    [Fact]
    public void A_published_directory_never_changes()
    {
        EndpointDirectory before = _registry.Update(SnapshotOf(("a", [1])));
        for (int port = 2; port < 100; port++) _registry.Update(SnapshotOf(("a", [1, port])));
        Assert.Equal([1], PortsOf(before, "a"));
        for (int slot = 1; slot < 100; slot++) Assert.Equal(0, before.Addresses[slot].Port);
    }

    [Fact]
    public void A_retired_slot_is_used_again_only_once_nobody_holds_it()
    {
        int slot = _registry.Update(SnapshotOf(("a", [1, 2]))).Clusters[0]![1];
        EndpointDirectory second = _registry.Update(SnapshotOf(("a", [1])));
        Assert.Equal([slot], second.Retired);

        _registry.Reclaim((held, since) => held == slot && since == second.Sequence);
        EndpointDirectory third = _registry.Update(SnapshotOf(("a", [1, 3])));
        Assert.Equal([slot], third.Retired);
        Assert.DoesNotContain(slot, third.Clusters[0]!);

        _registry.Reclaim((_, _) => false);
        EndpointDirectory fourth = _registry.Update(SnapshotOf(("a", [1, 3, 4])));
        Assert.Empty(fourth.Retired);
        Assert.Equal(slot, fourth.Clusters[0]![2]);
        Assert.Equal([1, 3, 4], PortsOf(fourth, "a"));
    }

    [Fact]
    public void An_endpoint_that_returns_while_its_slot_is_held_gets_another()
    {
        int before = _registry.Update(SnapshotOf(("a", [1]))).Clusters[0]![0];
        _registry.Update(SnapshotOf(("a", [])));
        Assert.NotEqual(before, _registry.Update(SnapshotOf(("a", [1]))).Clusters[0]![0]);
    }

    // A worker may see a new directory one turn before the tables that go with it.
    [Fact]
    public void A_cluster_that_is_gone_keeps_its_endpoints_until_the_update_after()
    {
        EndpointDirectory first = _registry.Update(SnapshotOf(("a", [1]), ("b", [2])));
        int gone = _registry.ClusterSlot("a");
        int endpoint = first.Clusters[gone]![0];
        Snapshot without = SnapshotOf(("b", [2]));
        EndpointDirectory second = _registry.Update(without);
        Assert.Equal([endpoint], second.Clusters[gone]!);
        Assert.Empty(second.Retired);
        EndpointDirectory third = _registry.Update(without);
        Assert.Null(third.Clusters[gone]);
        Assert.Equal([endpoint], third.Retired);
    }

    // Slots are given out before any come back: without counting both, they would leave the workers' tables.
    [Fact]
    public void Endpoints_that_are_let_go_of_count_until_they_are_gone()
    {
        int[] ports = [.. Enumerable.Range(1, 60_000)];
        Snapshot others = SnapshotOf("192.0.2.2", ("a", ports));
        Assert.True(_registry.HasRoomFor(others));
        _registry.Update(SnapshotOf(("a", ports)));
        Assert.True(_registry.HasRoomFor(SnapshotOf(("a", ports))));
        Assert.False(_registry.HasRoomFor(others));

        _registry.Update(SnapshotOf(("a", [])));
        Assert.False(_registry.HasRoomFor(others));
        _registry.Reclaim((_, _) => false);
        Assert.True(_registry.HasRoomFor(others));
        int[] slots = _registry.Update(others).Clusters[0]!;
        Assert.True(slots.Max() < Limits.Endpoints);
    }

    // Whatever comes and goes, in whatever order: a cluster's slots hold its endpoints, an endpoint that
    // stays keeps its slot, and no slot that is held or used is given to another.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Slots_hold_through_any_sequence_of_updates(int seed)
    {
        Random random = new(seed);
        Dictionary<int, int> portOfSlot = [];
        Dictionary<int, int> slotOfPort = [];
        HashSet<int> held = [];
        Snapshot snapshot = SnapshotOf();
        for (int round = 0; round < 2_000; round++)
        {
            snapshot = random.Next(2) == 0
                ? Mutate(random, snapshot.EndpointSets) : ChangeSets(random, snapshot);
            Assert.True(_registry.HasRoomFor(snapshot));
            held.RemoveWhere(_ => random.Next(4) == 0);
            _registry.Reclaim((slot, _) => held.Contains(slot));
            EndpointDirectory directory = _registry.Update(snapshot);
            Dictionary<int, int> now = [];
            foreach (EndpointSet set in snapshot.EndpointSets)
            {
                int[] ports = [.. set.Endpoints.Select(endpoint => endpoint.Port)];
                Assert.Equal(ports, PortsOf(directory, set.Cluster));
                int[] slots = directory.Clusters[_registry.ClusterSlot(set.Cluster)]!;
                for (int i = 0; i < slots.Length; i++) now[ports[i]] = slots[i];
            }

            Assert.Equal(now.Count, now.Values.Distinct().Count());
            foreach ((int port, int slot) in now)
            {
                if (slotOfPort.TryGetValue(port, out int before)) Assert.Equal(before, slot);
                if (held.Contains(slot)) Assert.Equal(port, portOfSlot[slot]);
                Assert.DoesNotContain(slot, directory.Retired);
                portOfSlot[slot] = port;
            }

            slotOfPort = now;
            held.UnionWith(directory.Retired);
        }
    }

    [Fact]
    public void Room_is_counted_for_a_set_that_is_replaced_alone()
    {
        Snapshot start = SnapshotOf(("a", [1]), ("b", [2]));
        _registry.Update(start);
        ImmutableArray<Endpoint> many =
            [.. Enumerable.Range(1, 60_000).Select(port => new Endpoint("192.0.2.3", port))];
        Snapshot one = start with
        {
            EndpointSets = start.EndpointSets.SetItem(0, new EndpointSet("a", many)),
        };
        Assert.True(_registry.HasRoomFor(one));
        _registry.Update(one);
        ImmutableArray<Endpoint> more = [.. many.Select(endpoint => endpoint with { Address = "192.0.2.4" })];
        Assert.False(_registry.HasRoomFor(
            one with { EndpointSets = one.EndpointSets.SetItem(1, new EndpointSet("b", more)) }));
    }

    [Fact]
    public void Clusters_have_room_up_to_their_bound_and_those_that_leave_count_until_then()
    {
        (string, int[])[] all =
            [.. Enumerable.Range(0, Limits.Clusters).Select(i => ($"c{i}", Array.Empty<int>()))];
        Snapshot full = SnapshotOf(all);
        Assert.True(_registry.HasRoomFor(full));
        Assert.False(_registry.HasRoomFor(SnapshotOf([.. all, ("more", [])])));
        EndpointDirectory first = _registry.Update(full);
        Assert.True(_registry.HasRoomFor(full));
        Snapshot other = SnapshotOf([.. all[1..], ("more", [])]);
        Assert.False(_registry.HasRoomFor(other));
        _registry.Update(SnapshotOf(all[1..]));
        Assert.True(_registry.HasRoomFor(other));
        EndpointDirectory last = _registry.Update(other);
        Assert.Equal(0, _registry.ClusterSlot("more")); // the slot of c0, the only one that is free
        // What was published stays so.
        Assert.Equal((0, Limits.ClusterSeries), (first.ClusterSeries[0], last.ClusterSeries[0]));
        Assert.Equal(Limits.Clusters - 1, _registry.ClusterSlot($"c{Limits.Clusters - 1}"));
    }

    [Fact]
    public void Endpoints_have_room_up_to_their_bound_and_each_counts_once()
    {
        Endpoint[] all =
        [
            .. Enumerable.Range(0, Limits.Endpoints)
                .Select(i => new Endpoint($"10.0.{i / 256}.{i % 256}", 80)),
        ];
        EndpointSet rest = new("a", [.. all[1..]]);
        Snapshot start = SnapshotOf(("a", [])) with { EndpointSets = [rest] };
        Assert.True(_registry.HasRoomFor(start));
        _registry.Update(start);
        // One more by its clusters, and the same by its fallback: known ones count no second time.
        Snapshot full = start with
        {
            EndpointSets = [rest with { Endpoints = [.. all], Fallback = [.. all[..9]] }],
        };
        Assert.True(_registry.HasRoomFor(full));
        Snapshot beyond = start with
        {
            EndpointSets = [rest with { Fallback = [all[0], new Endpoint("10.9.9.9", 80)] }],
        };
        Assert.False(_registry.HasRoomFor(beyond));
        // A snapshot with clusters of its own is looked at whole.
        Assert.False(_registry.HasRoomFor(beyond with { Clusters = [new Cluster { Name = "a" }] }));
        Assert.Equal(Limits.Endpoints - 1, _registry.Update(full).Clusters[0]!.Max());
    }

    [Fact]
    public void Endpoints_are_named_up_to_the_bound_of_their_series()
    {
        int[] ports = [.. Enumerable.Range(1, Limits.EndpointSeries + 2)];
        _registry.Update(SnapshotOf(("a", ports)));
        Assert.Equal(
            ports[..Limits.EndpointSeries], _registry.Named().Select(owner => owner.Endpoint.Port));
        Assert.Equal(
            Enumerable.Range(0, Limits.EndpointSeries), _registry.Named().Select(owner => owner.Slot));
        // One that no cluster has any more is named no more.
        _registry.Update(SnapshotOf(("a", [2])));
        Assert.Equal([(1, 2)], _registry.Named().Select(owner => (owner.Slot, owner.Endpoint.Port)));
    }

    [Fact]
    public void A_cluster_that_is_gone_gives_back_its_fallback_endpoints_too()
    {
        Snapshot both = SnapshotOf(("a", [1]), ("b", [2]));
        both = both with
        {
            EndpointSets = both.EndpointSets.SetItem(0, both.EndpointSets[0] with
            {
                Fallback = [new Endpoint("10.0.0.9", 9)],
            }),
        };
        EndpointDirectory first = _registry.Update(both);
        int gone = _registry.ClusterSlot("a");
        int[] held = [first.Clusters[gone]![0], first.Fallback[gone]![0]];
        Snapshot without = SnapshotOf(("b", [2]));
        Assert.Empty(_registry.Update(without).Retired);
        EndpointDirectory third = _registry.Update(without);
        Assert.Equal(held.Order(), third.Retired.Order());
        Assert.Null(third.Fallback[gone]);
        Assert.Throws<KeyNotFoundException>(() => _registry.ClusterSlot("a"));
        // The name comes back as another cluster: nothing of the old one is left.
        EndpointDirectory back = _registry.Update(both);
        Assert.Equal(first.ClusterSeries[gone], back.ClusterSeries[_registry.ClusterSlot("a")]);
        Assert.DoesNotContain(back.Clusters[_registry.ClusterSlot("a")]![0], held);
        Assert.Equal([1], PortsOf(back, "a"));
    }

    // As a delta does that changes endpoints alone: the clusters are the very array of before.
    private static Snapshot ChangeSets(Random random, Snapshot last)
    {
        ImmutableArray<EndpointSet> sets = last.EndpointSets;
        if (sets.IsEmpty) return last;
        int place = random.Next(sets.Length);
        int[] ports = [.. Enumerable.Range(1, 20).Where(_ => random.Next(8) == 0)];
        return last with
        {
            EndpointSets = random.Next(8) switch
            {
                0 => sets.RemoveAt(place),
                1 => [.. sets.Reverse()],
                _ => sets.SetItem(place, SnapshotOf((sets[place].Cluster, ports)).EndpointSets[0]),
            },
        };
    }

    // Some sets are the very objects of the last snapshot, as they are after a delta.
    private static Snapshot Mutate(Random random, ImmutableArray<EndpointSet> last)
    {
        List<EndpointSet> sets = [];
        foreach (string name in (string[])["a", "b", "c", "d", "e"])
        {
            EndpointSet? before = last.FirstOrDefault(set => set.Cluster == name);
            int choice = random.Next(8);
            if (before is not null && choice < 4) sets.Add(before);
            else if (choice == 4) sets.Add(new EndpointSet(name, []));
            else if (choice > 4)
            {
                IEnumerable<int> ports = Enumerable.Range(0, random.Next(1, 6))
                    .Select(_ => random.Next(1, 20)).Distinct();
                sets.Add(new EndpointSet(name, [.. ports.Select(port => new Endpoint("192.0.2.1", port))]));
            }
        }

        return new Snapshot
        {
            Version = "1",
            Clusters = [.. sets.Select(set => new Cluster { Name = set.Cluster })],
            EndpointSets = [.. sets],
        };
    }

    private int[] PortsOf(EndpointDirectory directory, string cluster) =>
    [
        .. directory.Clusters[_registry.ClusterSlot(cluster)]!.Select(slot => directory.Addresses[slot].Port),
    ];

    private static Snapshot SnapshotOf(params (string Name, int[] Ports)[] clusters) =>
        SnapshotOf("192.0.2.1", clusters);

    private static Snapshot SnapshotOf(string address, params (string Name, int[] Ports)[] clusters) => new()
    {
        Version = "1",
        Clusters = [.. clusters.Select(cluster => new Cluster { Name = cluster.Name })],
        EndpointSets =
        [
            .. clusters.Select(cluster =>
                new EndpointSet(cluster.Name,
                    [.. cluster.Ports.Select(port => new Endpoint(address, port))])),
        ],
    };
}
