using Serval.DataPlane.Pools;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Components;

/// <summary>Pools above transports; the test takes connections and puts them back, as exchanges do.</summary>
internal sealed class PoolBench : IDisposable
{
    public const int IdleMs = 60_000;
    public const int ConnectMs = 5_000;
    private const int DefaultSlots = 64;
    private static readonly EndpointWish Wish = new(-1, -1, false, true, ConnectMs);

    public PoolBench(params string[] endpoints)
        : this(DefaultSlots, endpoints)
    {
    }

    public PoolBench(int slots, params string[] endpoints)
    {
        Bench = new ComponentBench(slots);
        Pools = new UpstreamPools<SimulatedRing>(
            Bench.Table, Bench.Timers, Bench.Clock, Bench.Counters, Bench.Random, IdleMs);
        Bench.OnConnect = (slot, result) =>
        {
            if (Bench.Table[slot].Owner == TransportOwner.Pool) Pools.OnConnect(slot, result);
            else Connected.Add((slot, result));
        };
        Bench.OnInput = (slot, bytes) =>
        {
            if (Bench.Table[slot].Owner == TransportOwner.Pool) Pools.OnInput(slot, bytes);
        };
        Bench.OnTimer = timer =>
        {
            if (Bench.Timers.OwnerOf(timer, out int slot) == TimerOwner.Transport
                && Bench.Table[slot].Owner == TransportOwner.Pool)
                Pools.OnDeadline(slot);
        };
        Adopt(endpoints);
    }

    public ComponentBench Bench { get; }

    public UpstreamPools<SimulatedRing> Pools { get; }

    /// <summary>Connections that the test has dialled, with their results.</summary>
    public List<(int Slot, int Result)> Connected { get; } = [];

    public void Adopt(params string[] endpoints) =>
        Pools.Adopt(Bench.Publish(SceneSnapshot.Of(endpoints)).Live.Directory);

    /// <summary>The endpoint that an attempt of the one cluster goes to.</summary>
    public int Choose() => Pools.Choose(0, in Wish);

    /// <summary>A connection that stands, as of an exchange that has come and gone.</summary>
    public int Dial(int endpoint)
    {
        Pools.Enter(endpoint);
        Pools.Leave(endpoint);
        int before = Connected.Count; // slots are used again
        Assert.True(Pools.TryDial(0, endpoint, ConnectMs, out int slot));
        Bench.RunUntil(() => Connected.FindIndex(before, one => one.Slot == slot) >= 0);
        Bench.Table[slot].State = TransportState.Open;
        return slot;
    }

    public void Dispose()
    {
        Pools.Dispose();
        Bench.Dispose();
    }
}
