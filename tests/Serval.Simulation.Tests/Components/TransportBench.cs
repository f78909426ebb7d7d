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
/// A transport table without anything above it: the test is the owner of the transports, and its peers are
/// endpoints.
/// </summary>
internal sealed class TransportBench : IDisposable
{
    private readonly ComponentBench _bench;

    public TransportBench(int wholeBuffers = 64)
    {
        _bench = new ComponentBench(wholeBuffers: wholeBuffers);
        _bench.OnConnect = (slot, result) =>
        {
            Assert.Equal(0, result);
            Table[slot].State = TransportState.Open;
        };
        _bench.OnTimer = Table.Close;
    }

    public TransportTable<SimulatedRing> Table => _bench.Table;

    public WorkerCounters Counters => _bench.Counters;

    public TimerWheel Timers => _bench.Timers;

    public long NowMs => _bench.Clock.NowMs;

    /// <summary>Called when a transport has received, before it goes on.</summary>
    public Action<int>? OnInput
    {
        set => _bench.OnInput = (slot, _) => value?.Invoke(slot);
    }

    /// <summary>Makes a transport to a peer of its own; both ends.</summary>
    public (int Slot, TcpConnection Peer) Connect(int number)
    {
        SocketAddress address = SimulatedNetwork.AddressOf($"10.1.0.{number + 1}", 8_080);
        TcpConnection? peer = null;
        _bench.Network.AddUpstream(new SimulatedUpstream(_bench.Network, number, address, tcp => peer = tcp));
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

    public void RunUntil(Func<bool> condition) => _bench.RunUntil(condition);

    /// <summary>Lets so many milliseconds pass, or up to 100 more.</summary>
    public void Run(long milliseconds)
    {
        long endMs = NowMs + milliseconds;
        RunUntil(() => NowMs >= endMs);
    }

    public void Dispose() => _bench.Dispose();
}
