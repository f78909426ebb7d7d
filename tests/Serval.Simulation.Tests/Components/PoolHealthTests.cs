using System.Text;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Transports;
using Serval.Simulation.Tests.Actors;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Running;

namespace Serval.Simulation.Tests.Components;

/// <summary>What pools learn of their endpoints, and what they do with connections from before.</summary>
public sealed class PoolHealthTests
{
    private const string Bad = "10.1.0.1";
    private const string Good = "10.1.0.2";

    [Theory]
    [InlineData(true, Errno.Connreset)]
    [InlineData(false, 0)]
    public void Connections_that_close_without_a_response_eject_and_say_how(bool isReset, int errno)
    {
        using PoolBench bench = new(Bad, Good);
        bench.Bench.Upstream(Bad);
        for (int i = 0; i < Limits.EjectionFailures; i++)
        {
            int slot = bench.Dial(0);
            if (isReset) bench.Bench.Table[slot].Set(TransportFlags.IsSendBroken);
            Assert.False(bench.Pools.NoteFailure(slot, Outcome.UpstreamClosed, 0));
            bench.Pools.Close(slot);
        }

        Assert.Equal(1, bench.Bench.Counters.Read(Counter.EndpointsEjected));
        Assert.True(bench.Pools.Events.TryTake(out EndpointEvent told));
        Assert.Equal((EndpointEventKind.Ejected, errno), (told.Kind, told.Errno));
        Assert.False(bench.Pools.Events.TryTake(out _));
    }

    [Fact]
    public void A_kept_connection_that_had_ended_says_nothing_of_its_endpoint()
    {
        using PoolBench bench = new(Bad, Good);
        bench.Bench.Upstream(Bad);
        for (int i = 0; i < 2 * Limits.EjectionFailures; i++)
        {
            bench.Pools.PutIdle(bench.Dial(0));
            Assert.True(bench.Pools.TryTake(0, out int slot));
            Assert.True(bench.Pools.NoteFailure(slot, Outcome.UpstreamClosed, 0));
            bench.Pools.Close(slot);
            bench.Bench.RunUntil(() => bench.Bench.Table.Leased == 0);
        }

        Assert.Equal(0, bench.Bench.Counters.Read(Counter.EndpointsEjected));
    }

    [Fact]
    public void Handshakes_that_fail_count_as_connections_that_fail()
    {
        using PoolBench bench = new(Bad, Good);
        bench.Bench.Upstream(Bad);
        for (int i = 0; i < Limits.EjectionFailures; i++)
        {
            int slot = bench.Dial(0);
            Outcome outcome = i % 2 == 0 ? Outcome.UpstreamTlsFailed : Outcome.UpstreamUntrusted;
            Assert.False(bench.Pools.NoteFailure(slot, outcome, 0));
            bench.Pools.Close(slot);
        }

        Assert.Equal(
            Limits.EjectionFailures, bench.Bench.Counters.Read(Counter.UpstreamConnectFailures));
        Assert.True(bench.Pools.Events.TryTake(out EndpointEvent told));
        Assert.Equal(Errno.Proto, told.Errno);
    }

    [Fact]
    public void What_this_machine_lacks_and_what_a_client_did_eject_nobody()
    {
        using PoolBench bench = new(Bad, Good);
        bench.Bench.Upstream(Bad);
        for (int i = 0; i < 2 * Limits.EjectionFailures; i++)
        {
            int slot = bench.Dial(0);
            Assert.False(bench.Pools.NoteFailure(slot, Outcome.ConnectFailed, Errno.Mfile));
            Assert.False(bench.Pools.NoteFailure(slot, Outcome.DownstreamAborted, 0));
            bench.Pools.Close(slot);
        }

        Assert.Equal(0, bench.Bench.Counters.Read(Counter.EndpointsEjected));
    }

    [Fact]
    public void A_response_between_failures_starts_their_count_anew()
    {
        using PoolBench bench = new(Bad, Good);
        bench.Bench.Upstream(Bad);
        FailTimes(bench, Limits.EjectionFailures - 1);
        int slot = bench.Dial(0);
        bench.Pools.NoteResponse(slot);
        bench.Pools.Close(slot);
        Assert.Equal(0, bench.Bench.Counters.Read(Counter.EndpointsRestored));
        FailTimes(bench, Limits.EjectionFailures - 1);
        Assert.Equal(0, bench.Bench.Counters.Read(Counter.EndpointsEjected));
        FailTimes(bench, 1);
        Assert.Equal(1, bench.Bench.Counters.Read(Counter.EndpointsEjected));
    }

    [Fact]
    public void An_endpoint_that_is_ejected_loses_its_idle_connections_and_gets_none_back()
    {
        using PoolBench bench = new(Bad, Good);
        bench.Bench.Upstream(Bad);
        int used = bench.Dial(0);
        bench.Pools.PutIdle(bench.Dial(0));
        FailTimes(bench, Limits.EjectionFailures);
        Assert.False(bench.Pools.TryTake(0, out _));
        Assert.Equal(1, bench.Pools.Connections(0));
        bench.Pools.PutIdle(used);
        Assert.False(bench.Pools.TryTake(0, out _));
        Assert.Equal(0, bench.Pools.Connections(0));
    }

    [Fact]
    public void A_trial_that_is_refused_ejects_again_and_leaves_nothing_behind()
    {
        using PoolBench bench = new(Bad, Good);
        List<TcpConnection> peers = bench.Bench.Upstream(Good);
        Refuse(bench);
        bench.Bench.RunUntil(() =>
        {
            Assert.Equal(1, bench.Choose());
            return bench.Bench.Counters.Read(Counter.EndpointsEjected) == 2;
        });
        Assert.Equal(
            Limits.EjectionFailures + 1, bench.Bench.Counters.Read(Counter.UpstreamConnectFailures));
        bench.Bench.RunUntil(() => bench.Bench.Table.Leased == 0);
        Assert.Equal(0, bench.Pools.Connections(0));
        // It went once: one log line, however many trials fail.
        Assert.True(bench.Pools.Events.TryTake(out EndpointEvent told));
        Assert.Equal((EndpointEventKind.Ejected, Errno.Connrefused), (told.Kind, told.Errno));
        Assert.False(bench.Pools.Events.TryTake(out _));
        Assert.Equal(1, bench.Bench.Counters.EndpointsOut);
        Assert.Empty(peers);
    }

    [Fact]
    public void An_ejected_endpoint_that_leaves_its_cluster_is_out_no_more()
    {
        using PoolBench bench = new(Bad, Good);
        Refuse(bench);
        Assert.True(bench.Pools.Events.TryTake(out _));
        bench.Adopt(Good);
        Assert.Equal(0, bench.Bench.Counters.EndpointsOut);
        Assert.True(bench.Pools.Events.TryTake(out EndpointEvent told));
        Assert.Equal(EndpointEventKind.Retired, told.Kind);
        // The list of those that left comes again with every directory until their slots are free.
        bench.Adopt(Good, "10.1.0.3");
        Assert.False(bench.Pools.Events.TryTake(out _));
        Assert.Equal(0, bench.Bench.Counters.EndpointsOut);
    }

    [Fact]
    public void The_next_endpoint_of_a_slot_begins_without_failures()
    {
        using PoolBench bench = new(Bad, Good);
        bench.Bench.Upstream(Bad);
        FailTimes(bench, Limits.EjectionFailures - 1);
        bench.Adopt(Good);
        bench.Bench.FreeEndpoints();
        bench.Adopt(Good, "10.1.0.3");
        bench.Bench.Upstream("10.1.0.3");
        byte[] address = new byte[64];
        int length = bench.Pools.AddressOf(0).FormatAddress(address);
        Assert.Equal("10.1.0.3", Encoding.ASCII.GetString(address, 0, length));
        FailTimes(bench, 1);
        Assert.Equal(0, bench.Bench.Counters.Read(Counter.EndpointsEjected));
        FailTimes(bench, Limits.EjectionFailures - 1);
        Assert.Equal(1, bench.Bench.Counters.Read(Counter.EndpointsEjected));
    }

    [Fact]
    public void What_is_still_connected_to_an_endpoint_that_left_says_nothing_and_is_not_kept()
    {
        using PoolBench bench = new(Bad, Good);
        bench.Bench.Upstream(Bad);
        bench.Bench.Upstream(Good);
        int[] old = [.. Enumerable.Range(0, Limits.EjectionFailures).Select(_ => bench.Dial(0))];
        bench.Adopt(Good);
        // An exchange that began before may dial it still.
        int late = bench.Dial(0);
        bench.Pools.PutIdle(late);
        Assert.False(bench.Pools.TryTake(0, out _));
        foreach (int slot in old)
        {
            Assert.False(bench.Pools.NoteFailure(slot, Outcome.UpstreamClosed, 0));
            bench.Pools.Close(slot);
        }

        Assert.Equal(0, bench.Pools.Connections(0));
        Assert.Equal(0, bench.Bench.Counters.Read(Counter.EndpointsEjected));
        Assert.False(bench.Pools.Events.TryTake(out _));
    }

    [Fact]
    public void Events_that_nobody_takes_are_counted_once_their_queue_is_full()
    {
        using PoolBench bench = new(Bad, Good);
        EndpointEvent filler = default;
        while (bench.Pools.Events.TryPut(in filler))
        {
        }

        Assert.Equal(0, bench.Bench.Counters.Read(Counter.EndpointEventsDropped));
        Refuse(bench);
        Assert.Equal(1, bench.Bench.Counters.Read(Counter.EndpointEventsDropped));
    }

    [Fact]
    public void The_next_endpoint_of_a_slot_is_ejected_for_as_long_as_any_other()
    {
        using PoolBench bench = new(Bad, Good);
        Refuse(bench);
        bench.Adopt(Good);
        bench.Bench.FreeEndpoints();
        bench.Adopt(Good, "10.1.0.3");
        Refuse(bench);
        EndpointEvent told = default;
        while (bench.Pools.Events.TryTake(out EndpointEvent next)) told = next;
        Assert.Equal(EndpointEventKind.Ejected, told.Kind);
        Assert.InRange(told.DurationMs, Limits.EjectionMsMin / 2, Limits.EjectionMsMin);
    }

    [Fact]
    public void A_trial_that_connects_behind_the_next_ejection_lets_nobody_in()
    {
        using PoolBench bench = new(Bad, Good);
        Refuse(bench);
        SocketAddress address = SimulatedNetwork.AddressOf(Bad, SampleSnapshot.UpstreamPort);
        bench.Bench.Network.AddUpstream(
            new SimulatedUpstream(bench.Bench.Network, 0, address, static _ => { }) { IsSilent = true });
        int first = Trial(bench, not: -1);
        // An attempt where too many were ejected.
        Assert.True(bench.Pools.TryDial(0, 0, PoolBench.ConnectMs, out int attempt));
        bench.Pools.NoteFailure(attempt, Outcome.ConnectFailed, Errno.Connrefused);
        bench.Pools.Close(attempt);
        Assert.Equal(2, bench.Bench.Counters.Read(Counter.EndpointsEjected));
        int second = Trial(bench, first);
        bench.Pools.OnConnect(first, 0);
        Assert.Equal(1, bench.Choose());
        Assert.Equal(1, bench.Pools.Connections(0));
        bench.Pools.OnConnect(second, 0);
        Assert.Equal(0, bench.Choose());
    }

    // Clients that wait need them, and nobody waits for a trial.
    [Fact]
    public void The_last_slots_are_not_for_trials()
    {
        using PoolBench bench = new(Bad, Good);
        Refuse(bench);
        bench.Bench.RunUntil(() => bench.Bench.Table.Leased == 0);
        long dueMs = bench.Bench.Clock.NowMs + Limits.EjectionMsMin;
        bench.Bench.RunUntil(() => bench.Bench.Clock.NowMs >= dueMs);
        int slot = -1;
        while (bench.Bench.Table.Available > Limits.AcceptsArmed)
            Assert.True(bench.Bench.Table.TryLease(TransportState.Open, origin: 0, out slot));
        long dialled = bench.Bench.Counters.Read(Counter.UpstreamConnects);
        Assert.Equal(1, bench.Choose());
        Assert.Equal(dialled, bench.Bench.Counters.Read(Counter.UpstreamConnects));
        bench.Bench.Table.Close(slot);
        bench.Bench.Table.FreeQuiet();
        Assert.Equal(1, bench.Choose());
        Assert.Equal(dialled + 1, bench.Bench.Counters.Read(Counter.UpstreamConnects));
    }

    // The slot of a connection that is dialled once an ejection is over.
    private static int Trial(PoolBench bench, int not)
    {
        int found = -1;
        bench.Bench.RunUntil(() =>
        {
            Assert.Equal(1, bench.Choose());
            for (int slot = 0; slot < bench.Bench.Table.Capacity; slot++)
            {
                ref Transport transport = ref bench.Bench.Table[slot];
                bool isTrial = slot != not
                    && transport is { State: TransportState.Connecting, Owner: TransportOwner.Pool };
                if (isTrial) found = slot;
            }

            return found >= 0;
        });
        return found;
    }

    private static void FailTimes(PoolBench bench, int times)
    {
        for (int i = 0; i < times; i++)
        {
            int slot = bench.Dial(0);
            bench.Pools.NoteFailure(slot, Outcome.UpstreamClosed, 0);
            bench.Pools.Close(slot);
        }
    }

    // Nobody listens at its address.
    private static void Refuse(PoolBench bench)
    {
        for (int i = 0; i < Limits.EjectionFailures; i++)
        {
            bench.Pools.Enter(0);
            Assert.True(bench.Pools.TryDial(0, 0, PoolBench.ConnectMs, out int slot));
            int seen = bench.Connected.Count;
            bench.Bench.RunUntil(() => bench.Connected.Count > seen);
            bench.Pools.CountConnectFailure(slot, Errno.Connrefused);
            bench.Pools.NoteFailure(slot, Outcome.ConnectFailed, Errno.Connrefused);
            bench.Pools.Close(slot);
            bench.Pools.Leave(0);
        }
    }
}
