using Serval.DataPlane;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Transports;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Components;

/// <summary>Pools by themselves: nobody above them knows a request.</summary>
public sealed class UpstreamPoolsTests
{
    private const string Endpoint = "10.1.0.1";

    [Fact]
    public void The_connection_that_was_used_last_is_taken_first()
    {
        using PoolBench bench = new(Endpoint);
        bench.Bench.Upstream(Endpoint);
        int endpoint = bench.Choose();
        bench.Pools.Enter(endpoint);
        int first = bench.Dial(endpoint);
        int second = bench.Dial(endpoint);
        Assert.False(bench.Pools.TryTake(endpoint, out _));
        bench.Pools.PutIdle(first);
        bench.Pools.PutIdle(second);
        Assert.False(bench.Pools.IsReused(second));
        Assert.True(bench.Pools.TryTake(endpoint, out int taken));
        Assert.Equal(second, taken);
        Assert.True(bench.Pools.IsReused(second));
        Assert.True(bench.Pools.TryTake(endpoint, out taken));
        Assert.Equal(first, taken);
        Assert.Equal(2, bench.Pools.Connections(endpoint));
        bench.Pools.Close(first);
        bench.Pools.Close(second);
        bench.Pools.Leave(endpoint);
        Assert.Equal(0, bench.Pools.Connections(endpoint));
    }

    [Fact]
    public void A_connection_that_nobody_takes_is_closed_when_its_time_is_over()
    {
        using PoolBench bench = new(Endpoint);
        List<TcpConnection> peers = bench.Bench.Upstream(Endpoint);
        bench.Pools.PutIdle(bench.Dial(bench.Choose()));
        long idleSince = bench.Bench.Clock.NowMs;
        bench.Bench.RunUntil(() => bench.Bench.Table.Leased == 0);
        Assert.InRange(bench.Bench.Clock.NowMs - idleSince, PoolBench.IdleMs, PoolBench.IdleMs + 100);
        bench.Bench.RunUntil(() => peers[0].IsRouterClosed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_idle_connection_that_ends_or_says_something_is_of_no_more_use(bool ends)
    {
        using PoolBench bench = new(Endpoint);
        List<TcpConnection> peers = bench.Bench.Upstream(Endpoint);
        int endpoint = bench.Choose();
        bench.Pools.PutIdle(bench.Dial(endpoint));
        if (ends) peers[0].PeerEnd();
        else peers[0].PeerWrite("HTTP/1.1 408 "u8);
        long since = bench.Bench.Clock.NowMs;
        bench.Bench.RunUntil(() => bench.Bench.Table.Leased == 0);
        Assert.InRange(bench.Bench.Clock.NowMs - since, 0, PoolBench.IdleMs / 2);
        Assert.False(bench.Pools.TryTake(endpoint, out _));
        Assert.Equal(0, bench.Pools.Connections(endpoint));
    }

    // So it is with TLS: a ticket has come, or a new key.
    [Fact]
    public void An_idle_connection_that_has_received_nothing_for_us_is_kept()
    {
        using PoolBench bench = new(Endpoint);
        List<TcpConnection> peers = bench.Bench.Upstream(Endpoint);
        int endpoint = bench.Choose();
        int slot = bench.Dial(endpoint);
        bench.Pools.PutIdle(slot);
        bench.Pools.OnInput(slot, 0);
        Assert.True(bench.Pools.TryTake(endpoint, out int taken));
        Assert.Equal(slot, taken);
        Assert.False(Assert.Single(peers).IsRouterClosed);
        bench.Pools.PutIdle(slot);
    }

    // Each slot is in the middle of the list for some seed, the first slot of all too.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Idle_connections_end_in_any_order(int seed)
    {
        using PoolBench bench = new(slots: 8, Endpoint);
        List<TcpConnection> peers = bench.Bench.Upstream(Endpoint);
        int endpoint = bench.Choose();
        int[] slots = [.. Enumerable.Range(0, 8).Select(_ => bench.Dial(endpoint))];
        Assert.Contains(0, slots);
        List<(int Slot, TcpConnection Peer)> left = [.. slots.Zip(peers)];
        Random random = new(seed);
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(left));
        foreach ((int slot, _) in left) bench.Pools.PutIdle(slot);
        while (left.Count > 3)
        {
            Assert.Equal(left[0].Slot, bench.Bench.Table.IdleOldest);
            int place = random.Next(left.Count);
            left[place].Peer.PeerEnd();
            left.RemoveAt(place);
            bench.Bench.RunUntil(() => bench.Pools.Connections(endpoint) == left.Count);
        }

        for (int i = left.Count - 1; i >= 0; i--)
        {
            Assert.True(bench.Pools.TryTake(endpoint, out int taken));
            Assert.Equal(left[i].Slot, taken);
        }

        Assert.False(bench.Pools.TryTake(endpoint, out _));
    }

    [Fact]
    public void A_pool_keeps_no_more_connections_than_its_bound()
    {
        using PoolBench bench = new(slots: Limits.IdlePerEndpoint + 8, Endpoint);
        bench.Bench.Upstream(Endpoint);
        int endpoint = bench.Choose();
        int[] slots = new int[Limits.IdlePerEndpoint + 1];
        for (int i = 0; i < slots.Length; i++) slots[i] = bench.Dial(endpoint);
        for (int i = 0; i < slots.Length - 1; i++) bench.Pools.PutIdle(slots[i]);
        Assert.Equal(slots.Length, bench.Pools.Connections(endpoint));
        Assert.Equal(0, bench.Bench.Counters.Read(Counter.LimitIdlePerEndpoint));
        bench.Pools.PutIdle(slots[^1]);
        Assert.Equal(Limits.IdlePerEndpoint, bench.Pools.Connections(endpoint));
        Assert.Equal(1, bench.Bench.Counters.Read(Counter.LimitIdlePerEndpoint));
    }

    [Fact]
    public void An_idle_connection_that_makes_room_is_its_pools_no_more()
    {
        using PoolBench bench = new(Endpoint);
        bench.Bench.Upstream(Endpoint);
        int endpoint = bench.Choose();
        bench.Pools.PutIdle(bench.Dial(endpoint));
        new Evictor<SimulatedRing>(bench.Bench.Table, bench.Pools, bench.Bench.Counters).Evict(1);
        Assert.Equal(0, bench.Pools.Connections(endpoint));
        Assert.False(bench.Pools.TryTake(endpoint, out _));
        bench.Bench.RunUntil(() => bench.Bench.Table.Leased == 0);
    }

    [Fact]
    public void A_pool_that_drains_keeps_no_connection()
    {
        using PoolBench bench = new(Endpoint);
        bench.Pools.Drain();
        bench.Bench.Upstream(Endpoint);
        int endpoint = bench.Choose();
        bench.Pools.PutIdle(bench.Dial(endpoint));
        Assert.Equal(0, bench.Pools.Connections(endpoint));
        bench.Bench.RunUntil(() => bench.Bench.Table.Leased == 0);
    }

    [Fact]
    public void The_idle_connections_of_an_endpoint_that_no_cluster_has_any_more_are_closed()
    {
        using PoolBench bench = new(Endpoint, "10.1.0.2");
        bench.Bench.Upstream(Endpoint);
        bench.Bench.Upstream("10.1.0.2");
        int endpoint = bench.Choose();
        bench.Pools.PutIdle(bench.Dial(endpoint));
        bench.Adopt(endpoint == 0 ? "10.1.0.2" : Endpoint);
        bench.Bench.RunUntil(() => bench.Bench.Table.Leased == 0);
        Assert.Equal(1, bench.Pools.EndpointCount(0));
        Assert.NotEqual(endpoint, bench.Choose());
    }

    // Nobody's request waits for this connection: the pools dial it alone.
    [Fact]
    public void An_endpoint_that_is_ejected_is_dialled_on_trial_and_comes_back_with_a_response()
    {
        using PoolBench bench = new(Endpoint, "10.1.0.2");
        bench.Bench.Upstream("10.1.0.2");
        int bad = 0;
        for (int i = 0; i < Limits.EjectionFailures; i++)
        {
            bench.Pools.Enter(bad);
            Assert.True(bench.Pools.TryDial(0, bad, PoolBench.ConnectMs, out int slot));
            int seen = bench.Connected.Count;
            bench.Bench.RunUntil(() => bench.Connected.Count > seen);
            Assert.Equal(-Errno.Connrefused, bench.Connected[^1].Result);
            bench.Pools.NoteFailure(slot, Outcome.ConnectFailed, Errno.Connrefused);
            bench.Pools.Close(slot);
            bench.Pools.Leave(bad);
        }

        Assert.Equal(1, bench.Bench.Counters.EndpointsOut);
        Assert.True(bench.Pools.Events.TryTake(out EndpointEvent told));
        Assert.Equal(EndpointEventKind.Ejected, told.Kind);
        List<TcpConnection> peers = bench.Bench.Upstream(Endpoint);
        // Choices are what finds out that an ejection is over.
        bench.Bench.RunUntil(() =>
        {
            Assert.NotEqual(bad, peers.Count == 0 ? bench.Choose() : -1);
            return peers.Count == 1;
        });
        bench.Bench.RunUntil(() => bench.Pools.TryTake(bad, out _));
        int trial = Enumerable.Range(0, bench.Bench.Table.Capacity)
            .Single(slot => bench.Bench.Table[slot].State == TransportState.Open);
        bench.Pools.NoteResponse(trial);
        Assert.Equal(0, bench.Bench.Counters.EndpointsOut);
        Assert.Equal(1, bench.Bench.Counters.Read(Counter.EndpointsRestored));
        Assert.True(bench.Pools.Events.TryTake(out told));
        Assert.Equal(EndpointEventKind.Restored, told.Kind);
        bench.Pools.Close(trial);
    }
}
