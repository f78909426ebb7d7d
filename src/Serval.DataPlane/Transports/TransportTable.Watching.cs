using Serval.DataPlane.Rings;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Transports;

// Whether a peer still moves, where completions do not tell. Bytes that the kernel has taken may be under way
// to a slow peer for minutes: before such a peer counts as idle, the kernel is asked what was acknowledged. A
// client that is not read from may have gone: its transport is watched.
internal sealed partial class TransportTable<TRing>
{
    /// <summary>Begins to measure how its peer moves bytes.</summary>
    public void BeginProgress(int slot)
    {
        ref Transport transport = ref _slab[slot];
        transport.ProgressMs = _clock.NowMs;
        transport.PaidMs = _clock.NowMs;
        transport.AcknowledgedBytes = -1;
    }

    /// <summary>Asks the kernel how much of what was sent the peer has acknowledged.</summary>
    public void Look(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (transport.Has(TransportFlags.IsLooking)) return;
        transport.Set(TransportFlags.IsLooking);
        transport.InFlight++;
        _ring.QueryUnacknowledged(slot, TokenOf(TokenKind.Unacknowledged, slot));
    }

    /// <summary>Takes the answer: a peer that has acknowledged something has moved.</summary>
    public void TakeLook(int slot, int result)
    {
        ref Transport transport = ref _slab[slot];
        transport.Unset(TransportFlags.IsLooking);
        transport.LookedMs = _clock.NowMs;
        // A socket that has failed has nothing under way; its receive tells the error.
        if (result < 0) return;
        long acknowledged = transport.SentBytes - result;
        bool isFirst = transport.AcknowledgedBytes < 0;
        bool hasMoved = isFirst ? result > 0 : acknowledged > transport.AcknowledgedBytes;
        if (hasMoved) transport.ProgressMs = _clock.NowMs;
        transport.AcknowledgedBytes = acknowledged;
    }

    /// <summary>
    /// Whether a look is recent enough to say that a peer is idle. If not, takes one, and the timer comes
    /// back.
    /// </summary>
    public bool HasLooked(int slot, int timer, int idleMs)
    {
        int freshMs = Math.Min(Limits.LookFreshMs, idleMs / Limits.LooksPerIdleTime);
        if (_clock.NowMs - _slab[slot].LookedMs <= freshMs) return true;
        Look(slot);
        _timers.Set(timer, _clock.NowMs + TimerWheel.TickMs);
        return false;
    }

    /// <summary>
    /// Has a transport watched from which nothing is received and whose exchange may wait for long.
    /// </summary>
    public void WatchIfPaused(int slot)
    {
        ref Transport transport = ref _slab[slot];
        const TransportFlags known = TransportFlags.IsWatched | TransportFlags.IsEndSeen;
        if ((transport.Flags & known) != 0 || !IsPaused(in transport)) return;
        transport.Set(TransportFlags.IsWatched);
        transport.InFlight++;
        _ring.Watch(slot, TokenOf(TokenKind.Watch, slot));
    }

    /// <summary>
    /// Takes what a watch has seen; true when the peer is gone. If it has ended its half alone, the kernel is
    /// asked how much it has left behind.
    /// </summary>
    public bool TakeWatch(int slot, int events)
    {
        ref Transport transport = ref _slab[slot];
        transport.Unset(TransportFlags.IsWatched);
        // Who is being read from tells by itself.
        if (events < 0 || !IsWatchable(in transport) || !IsPaused(in transport)) return false;
        if ((events & RingFlags.PollGone) != 0) return true;
        // A second watch would tell just that again.
        transport.Set(TransportFlags.IsEndSeen);
        transport.InFlight++;
        _ring.QueryUnread(slot, TokenOf(TokenKind.Unread, slot));
        return false;
    }

    /// <summary>
    /// Takes the answer; true when the peer's half ends behind <paramref name="received"/> bytes that nobody
    /// has used yet.
    /// </summary>
    public bool TakeUnread(int slot, int result, out long received)
    {
        ref Transport transport = ref _slab[slot];
        received = 0;
        if (result < 0 || !IsWatchable(in transport) || !IsPaused(in transport)) return false;
        received = result + InputBytes(slot);
        return true;
    }

    // Every byte makes up for a millisecond of being behind; nobody gets ahead.
    private void NoteProgress(ref Transport transport, int bytes)
    {
        transport.ProgressMs = _clock.NowMs;
        transport.PaidMs = Math.Min(_clock.NowMs, transport.PaidMs + bytes);
    }

    // Most pauses are short: only after a while the timer has the transport watched.
    private void WatchSoon(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (!IsWatchable(in transport)) return;
        if ((transport.Flags & (TransportFlags.IsWatched | TransportFlags.IsEndSeen)) != 0) return;
        _timers.SetSooner(TimerWheel.OfTransport(slot), _clock.NowMs + Limits.WatchAfterMs);
    }

    // Upstreams are read from while they are waited for; a client whose head is awaited has its own time.
    private static bool IsWatchable(in Transport transport) =>
        transport.Owner == TransportOwner.Exchange && transport.State == TransportState.Open
        && !transport.Has(TransportFlags.IsUpstream);

    private static bool IsPaused(in Transport transport) => (transport.Flags
        & (TransportFlags.IsReceiving | TransportFlags.IsInputEnded | TransportFlags.IsStarved)) == 0;
}
