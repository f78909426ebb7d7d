using Serval.DataPlane;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Components;

/// <summary>
/// Whether a peer still moves, as far as the kernel can say: it is asked what was acknowledged, and whether
/// who is not read from has gone.
/// </summary>
public sealed class TransportWatchTests
{
    private const int IdleMs = 60_000;
    private const int Sent = 1_000;

    // How much is not acknowledged, at one look after another; whether the last one shows that it has moved.
    [Theory]
    [InlineData(true, 400)]
    [InlineData(false, 0)]
    [InlineData(false, 400, 400)]
    [InlineData(true, 400, 399)]
    [InlineData(true, 400, 0)]
    [InlineData(false, 400, 0, 0)]
    // Nothing was acknowledged at the first look, and nothing since.
    [InlineData(false, 1_000, 1_000)]
    [InlineData(true, 1_000, 999)]
    // A socket that has failed says nothing, and what was known stays so.
    [InlineData(false, -Errno.Badf)]
    [InlineData(false, 400, -Errno.Badf)]
    [InlineData(false, 400, -Errno.Badf, 400)]
    [InlineData(true, 400, -Errno.Badf, 399)]
    public void A_peer_that_acknowledges_more_has_moved(bool hasMoved, params int[] looks)
    {
        using TransportBench bench = new();
        (int slot, _) = bench.Connect(0);
        bench.Table.BeginProgress(slot);
        bench.Table[slot].SentBytes = Sent;
        long progressMs = 0;
        foreach (int unacknowledged in looks)
        {
            bench.Run(200);
            progressMs = bench.Table[slot].ProgressMs;
            bench.Table.TakeLook(slot, unacknowledged);
        }

        Assert.Equal(hasMoved ? bench.NowMs : progressMs, bench.Table[slot].ProgressMs);
        if (!hasMoved) Assert.NotEqual(bench.NowMs, progressMs);
    }

    // A quarter of the idle time, or a second if that is less.
    [Theory]
    [InlineData(IdleMs, Limits.LookFreshMs)]
    [InlineData(800, 800 / Limits.LooksPerIdleTime)]
    public void A_look_is_good_for_a_while_and_then_another_is_taken(int idleMs, int freshMs)
    {
        using TransportBench bench = new();
        (int slot, _) = bench.Connect(0);
        int timer = bench.Timers.OfExchange(0);
        bench.Table.TakeLook(slot, 0);
        long lookedMs = bench.NowMs;
        bench.RunUntil(() => bench.NowMs > lookedMs);
        bench.Table[slot].LookedMs = bench.NowMs - freshMs;
        Assert.True(bench.Table.HasLooked(slot, timer, idleMs));
        Assert.False(bench.Table[slot].Has(TransportFlags.IsLooking));
        bench.Table[slot].LookedMs--;
        Assert.False(bench.Table.HasLooked(slot, timer, idleMs));
        Assert.True(bench.Table[slot].Has(TransportFlags.IsLooking));
        // Asked once: the answer is under way.
        int inFlight = bench.Table[slot].InFlight;
        Assert.False(bench.Table.HasLooked(slot, timer, idleMs));
        Assert.Equal(inFlight, bench.Table[slot].InFlight);
        bench.RunUntil(() => !bench.Table[slot].Has(TransportFlags.IsLooking));
        Assert.True(bench.Table.HasLooked(slot, timer, idleMs));
    }

    [Theory]
    [InlineData(TransportFlags.IsReceiving)]
    [InlineData(TransportFlags.IsInputEnded)]
    [InlineData(TransportFlags.IsStarved)]
    [InlineData(TransportFlags.IsWatched)]
    [InlineData(TransportFlags.IsEndSeen)]
    [InlineData(TransportFlags.None)]
    internal void Only_who_is_paused_is_watched_and_once(TransportFlags known)
    {
        using TransportBench bench = new();
        (int slot, _) = bench.Connect(0);
        TransportFlags before = bench.Table[slot].Flags;
        int inFlight = bench.Table[slot].InFlight;
        bench.Table[slot].Flags = known;
        bench.Table.WatchIfPaused(slot);
        bool isWatched = known == TransportFlags.None;
        Assert.Equal(isWatched ? TransportFlags.IsWatched : known, bench.Table[slot].Flags);
        Assert.Equal(isWatched ? inFlight + 1 : inFlight, bench.Table[slot].InFlight);
        bench.Table[slot].Flags = before;
    }

    // Otherwise nothing would ever be known of its socket, and it would be asked at every tick.
    [Fact]
    public void A_look_that_fails_is_a_look_too()
    {
        using TransportBench bench = new();
        (int slot, _) = bench.Connect(0);
        bench.Run(2 * Limits.LookFreshMs);
        bench.Table.TakeLook(slot, -Errno.Badf);
        Assert.True(bench.Table.HasLooked(slot, bench.Timers.OfExchange(0), IdleMs));
    }

    // Endpoints are read from while they are waited for.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_watch_tells_counts_for_clients(bool isUpstream)
    {
        using TransportBench bench = new();
        int slot = Pause(bench, isUpstream);
        Assert.Equal(!isUpstream, bench.Table.TakeUnread(slot, 0, out _));
        Assert.Equal(!isUpstream, bench.Table.TakeWatch(slot, RingFlags.PollGone));
    }

    [Fact]
    public void One_that_is_watched_and_closed_gives_its_slot_back()
    {
        using TransportBench bench = new();
        int slot = Pause(bench, isUpstream: false);
        bench.Table.WatchIfPaused(slot);
        Assert.True(bench.Table[slot].Has(TransportFlags.IsWatched));
        int leased = bench.Table.Leased;
        bench.Table.Close(slot);
        bench.RunUntil(() => bench.Table.Leased == leased - 1);
    }

    [Fact]
    public void A_pause_puts_no_deadline_off_that_is_nearer_than_the_watch()
    {
        using TransportBench bench = new();
        const int nearMs = Limits.WatchAfterMs / 2;
        long deadlineMs = 0;
        int slot = Pause(bench, isUpstream: false, one =>
        {
            deadlineMs = bench.NowMs + nearMs;
            bench.Timers.Set(TimerWheel.OfTransport(one), deadlineMs);
        });
        // This bench closes whom the timer is for.
        bench.RunUntil(() => bench.Table[slot].State != TransportState.Open);
        Assert.InRange(bench.NowMs, deadlineMs, deadlineMs + TimerWheel.TickMs);
    }

    // Nothing is read from it because its opposite has all that it may hold.
    private static int Pause(TransportBench bench, bool isUpstream, Action<int>? before = null)
    {
        (int slot, TcpConnection peer) = bench.Connect(0);
        (int full, _) = bench.Connect(1);
        TransportTable<SimulatedRing> table = bench.Table;
        table[slot].Owner = TransportOwner.Exchange;
        if (!isUpstream) table[slot].Unset(TransportFlags.IsUpstream);
        table.Pair(slot, full);
        while (!table.IsFull(full))
        {
            Assert.True(table.Buffers.TryLease(out int buffer));
            table.Segments.Append(ref table[full].Output, buffer, 0, 1);
        }

        before?.Invoke(slot);
        peer.PeerWrite("any"u8);
        bench.RunUntil(() => !table[slot].Has(TransportFlags.IsReceiving));
        return slot;
    }
}
