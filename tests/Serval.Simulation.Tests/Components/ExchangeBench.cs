using System.Text;
using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Exchanges;
using Serval.DataPlane.Pools;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Components;

/// <summary>
/// Exchanges above transports, pools and an acceptor. What completes goes to the door that it is meant for; a
/// worker's mailbox, adoption and drain are not there.
/// </summary>
internal sealed class ExchangeBench : IDisposable
{
    private const int Slots = 64;
    private readonly Acceptor<SimulatedRing> _acceptor;
    private readonly SimulatedListener _listener;

    /// <param name="timeouts">The router's.</param>
    /// <param name="endpoints">Addresses behind the one route.</param>
    public ExchangeBench(Timeouts timeouts, params string[] endpoints)
        : this(timeouts, SceneSnapshot.Of(endpoints))
    {
    }

    /// <param name="timeouts">The router's.</param>
    /// <param name="snapshot">What is live; it listens on port 80.</param>
    /// <param name="wholeBuffers">With many, receives are multishot; with few, each is asked for.</param>
    public ExchangeBench(Timeouts timeouts, Snapshot snapshot, int wholeBuffers = 64)
    {
        Bench = new ComponentBench(Slots, wholeBuffers: wholeBuffers);
        Pools = new UpstreamPools<SimulatedRing>(
            Bench.Table, Bench.Timers, Bench.Clock, Bench.Counters, Bench.Random, timeouts.UpstreamIdleMs);
        Evictor<SimulatedRing> evictor = new(Bench.Table, Pools, Bench.Counters);
        _acceptor = new Acceptor<SimulatedRing>(
            Bench.Table, evictor, Bench.Timers, Bench.Clock, Bench.Counters, timeouts.RequestHeadMs);
        WorkerOptions options = new()
        {
            Index = 0,
            ConnectionSlots = Slots,
            Timeouts = timeouts,
            Seed = 1,
        };
        SnapshotPins pins = new();
        Exchanges = new ExchangeTable<SimulatedRing>(
            options, Bench.Table, Pools, evictor, _acceptor, pins, Bench.Timers, Bench.Clock,
            Bench.Counters, Bench.Random);
        (LiveConfiguration live, PublishedSnapshot published) = Bench.Publish(snapshot);
        Pools.Adopt(live.Directory);
        Assert.True(pins.TryAdopt(published));
        Connect();
        (_listener, WorkerMessage message) = Bench.Listen();
        _acceptor.Add(in message);
    }

    public ComponentBench Bench { get; }

    public UpstreamPools<SimulatedRing> Pools { get; }

    public ExchangeTable<SimulatedRing> Exchanges { get; }

    /// <summary>A client that was accepted and has sent this.</summary>
    public TcpConnection Client(string text)
    {
        long accepted = Bench.Counters.DownstreamOpen;
        TcpConnection client = Bench.Queue(_listener);
        Bench.RunUntil(() => Bench.Counters.DownstreamOpen > accepted);
        client.PeerWrite(Encoding.Latin1.GetBytes(text));
        return client;
    }

    /// <summary>Waits until a peer has received something that ends so; returns all of it.</summary>
    public string ReadUntil(TcpConnection peer, string end)
    {
        StringBuilder text = new();
        Bench.RunUntil(() => text.Append(TransportBench.Read(peer)).ToString()
            .EndsWith(end, StringComparison.Ordinal));
        return text.ToString();
    }

    public void Dispose()
    {
        _acceptor.CloseSockets();
        Exchanges.Dispose();
        Pools.Dispose();
        Bench.Dispose();
    }

    private void Connect()
    {
        Bench.OnAccept = _acceptor.OnAccept;
        Bench.OnTurn = _acceptor.Resume;
        Bench.OnSent = Exchanges.OnSent;
        Bench.OnConnect = (slot, result) =>
        {
            if (OwnerOf(slot) == TransportOwner.Pool) Pools.OnConnect(slot, result);
            else Exchanges.OnConnect(slot, result);
        };
        Bench.OnInput = (slot, bytes) =>
        {
            if (OwnerOf(slot) == TransportOwner.Pool) Pools.OnInput(slot, bytes);
            else Exchanges.OnInput(slot, bytes);
        };
        Bench.OnTimer = timer =>
        {
            switch (Bench.Timers.OwnerOf(timer, out int index))
            {
                case TimerOwner.Exchange:
                    Exchanges.OnExchangeDeadline(index);
                    break;
                case TimerOwner.Attempt:
                    Exchanges.OnAttemptDeadline(index);
                    break;
                case TimerOwner.Transport when OwnerOf(index) == TransportOwner.Pool:
                    Pools.OnDeadline(index);
                    break;
                case TimerOwner.Transport when OwnerOf(index) == TransportOwner.None:
                    Bench.Table.Close(index);
                    break;
                default:
                    Exchanges.OnTransportDeadline(index);
                    break;
            }
        };
    }

    private TransportOwner OwnerOf(int slot) => Bench.Table[slot].Owner;
}
