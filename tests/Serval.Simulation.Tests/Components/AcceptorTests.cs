using Serval.DataPlane;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Pools;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Components;

/// <summary>An acceptor and its evictor by themselves: nobody reads what clients say.</summary>
public sealed class AcceptorTests
{
    private const int HeadMs = 10_000;
    private const int Socket = 3;

    [Fact]
    public void A_client_is_taken_in_and_its_head_is_awaited_for_so_long()
    {
        using AcceptorBench bench = new();
        TcpConnection client = bench.Bench.Queue(bench.Listener);
        bench.Bench.RunUntil(() => bench.Clients.Count == 1);
        ref Transport transport = ref bench.Bench.Table[bench.Clients[0]];
        Assert.Equal(
            (TransportState.Open, TransportOwner.Heads, Socket),
            (transport.State, transport.Owner, transport.Origin));
        Assert.Equal(80, bench.Acceptor.PortOf(transport.Origin));
        Assert.Equal(1, bench.Bench.Counters.DownstreamOpen);
        long since = bench.Bench.Clock.NowMs;
        bench.Bench.RunUntil(() => client.IsRouterClosed);
        Assert.InRange(bench.Bench.Clock.NowMs - since, HeadMs, HeadMs + 200);
    }

    // The other half is for those who come.
    [Theory]
    [InlineData(16, 6)]
    [InlineData(128, Limits.AcceptsArmed)]
    public void One_socket_arms_accepts_for_half_the_slots_that_are_not_kept_back(int slots, int armed)
    {
        using AcceptorBench bench = new(slots);
        Assert.Equal(armed, bench.Bench.Table.Leased);
    }

    [Fact]
    public void When_slots_run_short_the_client_that_is_idle_for_longest_goes()
    {
        using AcceptorBench bench = new(slots: 16);
        List<TcpConnection> clients = [];
        // Four slots are kept for upstreams; armed accepts have the rest.
        while (bench.Bench.Counters.Read(Counter.IdleEvicted) == 0)
        {
            clients.Add(bench.Bench.Queue(bench.Listener));
            int count = clients.Count;
            bench.Bench.RunUntil(() => bench.Clients.Count == count);
            bench.Bench.Run(3);
            Assert.InRange(count, 1, 16);
        }

        // Nobody went while an accept was armed.
        Assert.Equal(12, clients.Count);
        bench.Bench.RunUntil(() => clients[0].IsRouterClosed);
        Assert.All(clients[1..], client => Assert.False(client.IsRouterClosed));
        Assert.InRange(bench.Bench.Counters.Read(Counter.LimitConnectionSlots), 1, long.MaxValue);
    }

    // A machine without descriptors has none a microsecond later either, and a turn has other things to do.
    [Fact]
    public void An_error_of_the_machines_is_followed_by_a_pause_and_then_by_clients()
    {
        using AcceptorBench bench = new(slots: 64, FaultProfile.None() with { AcceptErrorPermille = 500 });
        List<TcpConnection> clients = [];
        for (int i = 0; i < 20; i++) clients.Add(bench.Bench.Queue(bench.Listener));
        long since = bench.Bench.Clock.NowMs;
        bench.Bench.RunUntil(() => bench.Clients.Count == clients.Count);
        long errors = bench.Bench.Counters.Read(Counter.AcceptErrors);
        Assert.InRange(errors, 1, 1_000);
        Assert.True(bench.Bench.Clock.NowMs - since >= Limits.AcceptBackoffMs);
        // Its timer is what ends the pause.
        Assert.Contains(bench.Bench.Timers.OfAccepts, bench.Expired);
    }

    // Whoever goes before it is accepted must not keep others waiting.
    [Theory]
    [InlineData(Errno.Connaborted)]
    [InlineData(Errno.Proto)]
    [InlineData(Errno.Perm)]
    public void An_error_of_one_client_is_followed_by_the_next_client_at_once(int errno)
    {
        using AcceptorBench bench = new(
            slots: 64, FaultProfile.None() with { AcceptErrorPermille = 500, AcceptErrno = errno });
        List<TcpConnection> clients = [];
        for (int i = 0; i < 20; i++) clients.Add(bench.Bench.Queue(bench.Listener));
        bench.Bench.RunUntil(() => bench.Clients.Count == clients.Count);
        Assert.InRange(bench.Bench.Counters.Read(Counter.AcceptErrors), 1, 1_000);
        Assert.DoesNotContain(bench.Bench.Timers.OfAccepts, bench.Expired);
    }

    [Fact]
    public void Scarce_slots_go_round_among_the_sockets()
    {
        using AcceptorBench bench = new(slots: 16);
        (SimulatedListener other, WorkerMessage message) = bench.Bench.Listen(socket: Socket + 1);
        bench.Acceptor.Add(in message);
        for (int i = 0; i < 60; i++)
        {
            bench.Bench.Queue(bench.Listener);
            bench.Bench.Queue(other);
        }

        // An idle client goes for each that comes; more are waiting at both sockets all the time.
        bench.Bench.RunUntil(() => bench.Came.Count >= 60);
        int ofOther = bench.Came.Skip(16).Take(40).Count(id => id == Socket + 1);
        Assert.InRange(ofOther, 10, 30);
    }

    // Accepts wait for the end of the pause, and then there is no socket left to arm them on.
    [Fact]
    public void The_last_socket_may_go_while_the_machine_has_no_descriptors()
    {
        using AcceptorBench bench = new(slots: 64, FaultProfile.None() with { AcceptErrorPermille = 1_000 });
        bench.Bench.Queue(bench.Listener);
        bench.Bench.RunUntil(() => bench.Bench.Counters.Read(Counter.AcceptErrors) > 0);
        bench.Acceptor.Drain();
        bench.Bench.RunUntil(() => bench.Expired.Contains(bench.Bench.Timers.OfAccepts));
        bench.Bench.Run(10);
        Assert.Equal(1, bench.Acceptor.TimesClosed(Socket));
    }

    [Fact]
    public void A_listener_that_goes_closes_its_socket_once_no_accept_is_armed()
    {
        using AcceptorBench bench = new();
        bench.Acceptor.Remove(Socket);
        Assert.Equal(0, bench.Acceptor.TimesClosed(Socket));
        bench.Bench.RunUntil(() => bench.Acceptor.TimesClosed(Socket) == 1);
        Assert.Equal(0, bench.Bench.Table.Leased);
        // The port is still known to heads that are under way.
        Assert.Equal(80, bench.Acceptor.PortOf(Socket));
    }

    // The kernel has given it to the accept already.
    [Fact]
    public void A_client_that_is_accepted_while_its_listener_goes_belongs_to_no_listener()
    {
        using AcceptorBench bench = new();
        for (int i = 0; i < 5; i++) bench.Bench.Queue(bench.Listener);
        bench.Acceptor.Remove(Socket);
        bench.Bench.RunUntil(() => bench.Acceptor.TimesClosed(Socket) == 1);
        Assert.NotEmpty(bench.Clients);
        Assert.All(bench.Clients, slot =>
        {
            Assert.Equal(-1, bench.Bench.Table[slot].Origin);
            Assert.True(bench.Bench.Table[slot].Has(TransportFlags.IsLeaving));
        });
    }

    [Fact]
    public void Listeners_that_have_gone_take_no_share_of_the_accepts()
    {
        using AcceptorBench bench = new();
        bench.Bench.Run(5);
        int armed = bench.Bench.Table.Leased;
        Assert.True(armed > 10);
        for (int i = 1; i <= 20; i++)
        {
            (_, WorkerMessage other) = bench.Bench.Listen(socket: 5);
            bench.Acceptor.Add(in other);
            bench.Acceptor.Remove(5);
            bench.Bench.RunUntil(() => bench.Acceptor.TimesClosed(5) == i);
        }

        for (int i = 1; i <= 2 * armed; i++)
        {
            bench.Bench.Queue(bench.Listener);
            bench.Bench.RunUntil(() => bench.Clients.Count == i);
            bench.Bench.Table.Close(bench.Clients[^1]);
        }

        bench.Bench.Run(5);
        Assert.Equal(armed, bench.Bench.Table.Leased);
    }

    [Fact]
    public void A_socket_that_comes_while_draining_is_closed_at_once()
    {
        using AcceptorBench bench = new();
        bench.Acceptor.Drain();
        (_, WorkerMessage late) = bench.Bench.Listen(socket: 4);
        bench.Acceptor.Add(in late);
        Assert.Equal(1, bench.Acceptor.TimesClosed(4));
        bench.Bench.RunUntil(() => bench.Acceptor.TimesClosed(Socket) == 1);
    }

    private sealed class AcceptorBench : IDisposable
    {
        private readonly UpstreamPools<SimulatedRing> _pools;

        public AcceptorBench(int slots = 64, FaultProfile? faults = null)
        {
            Bench = new ComponentBench(slots, faults);
            _pools = new UpstreamPools<SimulatedRing>(
                Bench.Table, Bench.Timers, Bench.Clock, Bench.Counters, Bench.Random, idleMs: 1_000);
            Evictor<SimulatedRing> evictor = new(Bench.Table, _pools, Bench.Counters);
            Acceptor = new Acceptor<SimulatedRing>(
                Bench.Table, evictor, Bench.Timers, Bench.Clock, Bench.Counters, HeadMs);
            Bench.OnAccept = (slot, result) =>
            {
                Acceptor.OnAccept(slot, result);
                if (result < 0) return;
                Clients.Add(slot);
                Came.Add(Bench.Table[slot].Origin);
            };
            Bench.OnTimer = timer =>
            {
                Expired.Add(timer);
                if (Bench.Timers.OwnerOf(timer, out int slot) == TimerOwner.Accepts) Acceptor.OnDeadline();
                else Bench.Table.Close(slot);
            };
            Bench.OnTurn = Acceptor.Resume;
            (Listener, WorkerMessage message) = Bench.Listen(Socket);
            Acceptor.Add(in message);
        }

        public ComponentBench Bench { get; }

        public Acceptor<SimulatedRing> Acceptor { get; }

        public SimulatedListener Listener { get; }

        /// <summary>Slots of those who have come.</summary>
        public List<int> Clients { get; } = [];

        /// <summary>By which socket each of them has come.</summary>
        public List<int> Came { get; } = [];

        /// <summary>Timers whose time was over.</summary>
        public List<int> Expired { get; } = [];

        public void Dispose()
        {
            Acceptor.CloseSockets();
            _pools.Dispose();
            Bench.Dispose();
        }
    }
}
