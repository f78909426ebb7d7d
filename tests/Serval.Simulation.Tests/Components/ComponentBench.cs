using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Actors;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Components;

/// <summary>
/// Transports on a simulated ring, and a turn that tells the test what has completed: whichever component is
/// above them is the test's. There is no worker.
/// </summary>
internal sealed class ComponentBench : IDisposable
{
    private readonly SimulatedKernel _kernel;
    private readonly SnapshotTies _ties = new(new CertificateStore());

    /// <param name="slots">Connection slots.</param>
    /// <param name="faults">Null for none.</param>
    /// <param name="wholeBuffers">Whole buffers.</param>
    public ComponentBench(int slots = 16, FaultProfile? faults = null, int wholeBuffers = 64)
    {
        Network = new SimulatedNetwork(1, faults ?? FaultProfile.None(), keepsTrace: false);
        BufferPool buffers = new(wholeBuffers, 128);
        _kernel = new SimulatedKernel(Network, buffers, slots, new Planter(PlantedFault.None, 0));
        Timers = new TimerWheel(slots, slots);
        Clock = new TurnClock(Network);
        Clock.Read();
        Timers.Start(Clock.NowMs);
        Table = new TransportTable<SimulatedRing>(
            slots, new SimulatedRing(_kernel), buffers, Timers, Clock, Counters);
        Table.ProvideBuffers();
    }

    public SimulatedNetwork Network { get; }

    public TransportTable<SimulatedRing> Table { get; }

    public TimerWheel Timers { get; }

    public TurnClock Clock { get; }

    public WorkerCounters Counters { get; } = new();

    public RandomSource Random { get; } = new(1);

    /// <summary>Called with the slot and the bytes of a receive, before the transport goes on.</summary>
    public Action<int, int>? OnInput { get; set; }

    /// <summary>Called with the slot and the result of an operation of its kind.</summary>
    public Action<int, int>? OnSent { get; set; }

    public Action<int, int>? OnConnect { get; set; }

    public Action<int, int>? OnAccept { get; set; }

    /// <summary>Called with the timer whose time is over.</summary>
    public Action<int>? OnTimer { get; set; }

    /// <summary>Called at the end of each turn.</summary>
    public Action? OnTurn { get; set; }

    /// <summary>An endpoint at port 8080 of an address, whose connections go to a list.</summary>
    public List<TcpConnection> Upstream(string address)
    {
        List<TcpConnection> connections = [];
        Network.AddUpstream(new SimulatedUpstream(
            Network, 0, SimulatedNetwork.AddressOf(address, Running.SampleSnapshot.UpstreamPort),
            connections.Add));
        return connections;
    }

    /// <summary>What the publisher makes of a snapshot with a listener on port 80.</summary>
    public (LiveConfiguration Live, PublishedSnapshot Snapshot) Publish(Snapshot snapshot)
    {
        LiveConfiguration live = new() { Directory = _ties.Endpoints.Update(snapshot) };
        CompiledSnapshot tables = CompiledSnapshot.Compile(snapshot);
        live.Snapshot = _ties.Tie(
            snapshot, tables, new Dictionary<DataPlane.Accepting.SocketKey, int> { [new("", 80)] = 0 },
            before: null);
        return (live, live.Snapshot);
    }

    /// <summary>Lets slots be used again whose endpoints no cluster has any more.</summary>
    public void FreeEndpoints() => _ties.Endpoints.Reclaim(static (_, _) => false);

    /// <summary>A listening socket of this network; a worker's message to accept on it.</summary>
    public (SimulatedListener Listener, WorkerMessage Message) Listen(int socket = 0)
    {
        int descriptor = Listening.Open(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        SimulatedListener listener = new(descriptor, 80);
        Network.AddListener(listener);
        return (listener, new WorkerMessage(WorkerMessageKind.AddSocket, socket, descriptor, 80));
    }

    /// <summary>A client that waits to be accepted.</summary>
    public TcpConnection Queue(SimulatedListener listener)
    {
        TcpConnection client = Network.Open();
        listener.Backlog.Enqueue(new PendingClient(
            SimulatedNetwork.AddressOf("10.0.0.1", 40_000), client, client.RouterClose));
        listener.Poke();
        return client;
    }

    public void RunUntil(Func<bool> condition)
    {
        for (int turns = 0; turns < 10_000; turns++)
        {
            if (condition()) return;
            Turn();
        }

        Assert.Fail("does not come about");
    }

    public void Run(int turns)
    {
        for (int i = 0; i < turns; i++) Turn();
    }

    public void Dispose()
    {
        _kernel.End();
        Table.Dispose();
        Timers.Dispose();
        Assert.Empty(Network.Violations);
    }

    // What a worker's turn does for its transports.
    private void Turn()
    {
        Table.Ring.SubmitAndWait(Timers.UntilNextMs(Clock.NowMs, 100) * 1_000_000);
        Clock.Read();
        while (Table.Ring.TryReap(out Completion completion)) Dispatch(in completion);
        while (Timers.TryExpire(Clock.NowMs, out int timer)) OnTimer?.Invoke(timer);
        Table.ProvideBuffers();
        Table.ResumeStarved();
        Table.FreeQuiet();
        OnTurn?.Invoke();
    }

    private void Dispatch(in Completion completion)
    {
        if (completion.Buffer >= 0) Table.NoteProvided();
        TokenKind kind = completion.Token.Kind;
        if (kind is TokenKind.Close or TokenKind.Cancel or TokenKind.Option) return;
        if (!Table.TryComplete(in completion)) return;
        int slot = completion.Token.Slot;
        switch (kind)
        {
            case TokenKind.Accept:
                OnAccept?.Invoke(slot, completion.Result);
                break;
            case TokenKind.Connect when Table[slot].State == TransportState.Connecting:
                OnConnect?.Invoke(slot, completion.Result);
                break;
            case TokenKind.Send when Table.TakeSent(slot, completion.Result):
                OnSent?.Invoke(slot, completion.Result);
                break;
            case TokenKind.Receive when Table.TakeReceived(slot, in completion, out int bytes):
                if (Table[slot].State == TransportState.Lingering) Table.DropLingering(slot, bytes);
                else OnInput?.Invoke(slot, bytes);
                Table.GoOn(slot);
                break;
            case TokenKind.Unacknowledged:
                Table.TakeLook(slot, completion.Result);
                break;
            default:
                break;
        }

        Table.FreeWhenQuiet(slot);
    }
}
