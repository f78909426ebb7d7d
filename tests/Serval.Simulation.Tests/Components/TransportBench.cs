using System.Text;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Actors;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Components;

/// <summary>
/// A transport table on a simulated ring, without a worker: the test is the owner of the transports, and its
/// peers are endpoints.
/// </summary>
internal sealed class TransportBench : IDisposable
{
    private const int Slots = 16;
    private readonly SimulatedNetwork _network = new(1, FaultProfile.None(), keepsTrace: false);
    private readonly SimulatedKernel _kernel;
    private readonly TurnClock _clock;
    private readonly TimerWheel _timers = new(Slots, 0);

    public TransportBench()
    {
        BufferPool buffers = new(64, 128);
        _kernel = new SimulatedKernel(_network, buffers, Slots, new Planter(PlantedFault.None, 0));
        _clock = new TurnClock(_network);
        _clock.Read();
        _timers.Start(_clock.NowMs);
        Table = new TransportTable<SimulatedRing>(
            Slots, new SimulatedRing(_kernel), buffers, _timers, _clock, Counters);
        Table.ProvideBuffers();
    }

    public TransportTable<SimulatedRing> Table { get; }

    public WorkerCounters Counters { get; } = new();

    /// <summary>Called when a transport has received, before it goes on.</summary>
    public Action<int>? OnInput { get; set; }

    /// <summary>Makes a transport to a peer of its own; both ends.</summary>
    public (int Slot, TcpConnection Peer) Connect(int number)
    {
        SocketAddress address = SimulatedNetwork.AddressOf($"10.1.0.{number + 1}", 8_080);
        TcpConnection? peer = null;
        _network.AddUpstream(new SimulatedUpstream(_network, number, address, tcp => peer = tcp));
        Assert.True(Table.TryLease(TransportState.Connecting, origin: 0, out int slot));
        Table.Connect(slot, in address);
        RunUntil(() => peer is not null && Table[slot].State == TransportState.Open);
        Table.Arm(slot);
        return (slot, peer!);
    }

    /// <summary>What a transport holds and nobody has used.</summary>
    public string Input(int slot)
    {
        StringBuilder text = new();
        ref Transport transport = ref Table[slot];
        int at = transport.Input.Head;
        for (int i = 0; i < transport.Input.Count; i++)
        {
            ref Segment segment = ref Table.Segments.At(at);
            text.Append(Encoding.Latin1.GetString(
                Table.Buffers.Span(segment.Buffer, segment.Offset, segment.Length)));
            at = segment.Next;
        }

        return text.ToString();
    }

    public static string Read(TcpConnection peer)
    {
        byte[] bytes = new byte[1_000_000];
        return Encoding.Latin1.GetString(bytes, 0, peer.PeerRead(bytes));
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

    public void Dispose()
    {
        _kernel.End();
        Table.Dispose();
        _timers.Dispose();
        Assert.Empty(_network.Violations);
    }

    // What a worker's turn does for its transports.
    private void Turn()
    {
        Table.Ring.SubmitAndWait(_timers.UntilNextMs(_clock.NowMs, 100) * 1_000_000);
        _clock.Read();
        while (Table.Ring.TryReap(out Completion completion)) Dispatch(in completion);
        while (_timers.TryExpire(_clock.NowMs, out int timer)) Table.Close(timer);
        Table.ProvideBuffers();
        Table.ResumeStarved();
        Table.FreeQuiet();
    }

    private void Dispatch(in Completion completion)
    {
        TokenKind kind = completion.Token.Kind;
        if (completion.Buffer >= 0) Table.NoteProvided();
        if (kind is TokenKind.Close or TokenKind.Cancel or TokenKind.Option or TokenKind.Wake) return;
        if (!Table.TryComplete(in completion)) return;
        int slot = completion.Token.Slot;
        if (kind == TokenKind.Connect)
        {
            Assert.Equal(0, completion.Result);
            Table[slot].State = TransportState.Open;
        }
        else if (kind == TokenKind.Send)
        {
            Table.TakeSent(slot, completion.Result);
        }
        else if (kind == TokenKind.Receive && Table.TakeReceived(slot, in completion, out int bytes))
        {
            if (Table[slot].State == TransportState.Lingering) Table.DropLingering(slot, bytes);
            else OnInput?.Invoke(slot);
            Table.GoOn(slot);
        }

        Table.FreeWhenQuiet(slot);
    }
}
