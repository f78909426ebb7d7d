using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Workers;

// Whether a peer still moves, where completions do not tell. Bytes that the kernel has taken may be under way
// to a slow peer for minutes: before such a peer counts as idle, the kernel is asked what was acknowledged. A
// client that is not read from may have gone: its connection is watched.
internal sealed partial class Worker<TRing>
{
    private static void BeginProgress(ref Connection connection, long nowMs)
    {
        connection.ProgressMs = nowMs;
        connection.PaidMs = nowMs;
        connection.AcknowledgedBytes = -1;
    }

    // Every byte makes up for a millisecond of being behind; nobody gets ahead.
    private void NoteProgress(ref Connection connection, int bytes)
    {
        connection.ProgressMs = _nowMs;
        connection.PaidMs = Math.Min(_nowMs, connection.PaidMs + bytes);
    }

    private void Look(int slot)
    {
        ref Connection connection = ref _connections[slot];
        if (connection.Has(ConnectionFlags.IsLooking)) return;
        connection.Set(ConnectionFlags.IsLooking);
        connection.InFlight++;
        _ring.QueryUnacknowledged(slot, TokenOf(TokenKind.Unacknowledged, slot));
    }

    private void OnUnacknowledged(int slot, int result)
    {
        ref Connection connection = ref _connections[slot];
        connection.Unset(ConnectionFlags.IsLooking);
        connection.LookedMs = _nowMs;
        // A socket that has failed has nothing under way; its receive tells the error.
        if (result < 0) return;
        long acknowledged = connection.SentBytes - result;
        bool isFirst = connection.AcknowledgedBytes < 0;
        bool hasMoved = isFirst ? result > 0 : acknowledged > connection.AcknowledgedBytes;
        if (hasMoved) connection.ProgressMs = _nowMs;
        connection.AcknowledgedBytes = acknowledged;
    }

    // Whether a look is recent enough to say that a connection is idle. If not, takes one and comes back.
    private bool HasLooked(int slot, int timerSlot, int idleMs)
    {
        int freshMs = Math.Min(Limits.LookFreshMs, idleMs / Limits.LooksPerIdleTime);
        if (_nowMs - _connections[slot].LookedMs <= freshMs) return true;
        Look(slot);
        _timers.Set(timerSlot, _nowMs + TimerWheel.TickMs);
        return false;
    }

    // ---- trailers: they have as long as a head ----

    private void SetTrailersDeadline(int slot, ref BodyReader body)
    {
        if (!body.AwaitsTrailers || body.TrailersDueMs > 0) return;
        body.TrailersDueMs = _nowMs + _options.Timeouts.RequestHeadMs;
        _timers.Set(slot, Math.Min(_connections[slot].DeadlineMs, body.TrailersDueMs));
    }

    private bool AreTrailersOverdue(in BodyReader body) =>
        body.AwaitsTrailers && body.Kind != BodyKind.None && body.TrailersDueMs > 0
        && _nowMs >= body.TrailersDueMs;

    // ---- clients that go while nothing is read from them ----

    private static bool IsPaused(in Connection connection) => (connection.Flags
        & (ConnectionFlags.IsReceiving | ConnectionFlags.IsInputEnded | ConnectionFlags.IsStarved)) == 0;

    // Most pauses are short: only after a while the timer has the connection watched.
    private void WatchSoon(int slot)
    {
        ref Connection connection = ref _connections[slot];
        if (connection.Role != ConnectionRole.DownstreamBusy) return;
        if ((connection.Flags & (ConnectionFlags.IsWatched | ConnectionFlags.IsEndSeen)) != 0) return;
        _timers.Set(slot, Math.Min(connection.DeadlineMs, _nowMs + Limits.WatchAfterMs));
    }

    private void WatchIfPaused(int slot)
    {
        ref Connection connection = ref _connections[slot];
        const ConnectionFlags known = ConnectionFlags.IsWatched | ConnectionFlags.IsEndSeen;
        if ((connection.Flags & known) != 0 || !IsPaused(in connection)) return;
        connection.Set(ConnectionFlags.IsWatched);
        connection.InFlight++;
        _ring.Watch(slot, TokenOf(TokenKind.Watch, slot));
    }

    private void OnWatch(int slot, int events)
    {
        ref Connection connection = ref _connections[slot];
        connection.Unset(ConnectionFlags.IsWatched);
        // Who is being read from tells by itself.
        bool isOurs = connection.Role == ConnectionRole.DownstreamBusy && IsPaused(in connection);
        if (events < 0 || !isOurs) return;
        if ((events & RingFlags.PollGone) != 0)
        {
            AbortExchange(connection.Exchange, Outcome.DownstreamAborted);
            return;
        }

        // It has ended its half, and a second watch would tell just that. Whether the whole request is there
        // says how much of it waits in the kernel.
        connection.Set(ConnectionFlags.IsEndSeen);
        connection.InFlight++;
        _ring.QueryUnread(slot, TokenOf(TokenKind.Unread, slot));
    }

    private void OnUnread(int slot, int result)
    {
        ref Connection connection = ref _connections[slot];
        bool isOurs = connection.Role == ConnectionRole.DownstreamBusy && IsPaused(in connection);
        if (result < 0 || !isOurs) return;
        ref Exchange exchange = ref _exchanges[connection.Exchange];
        long received = result;
        int at = connection.Input.Head;
        for (int i = 0; i < connection.Input.Count; i++)
        {
            ref Segment segment = ref _segments.At(at);
            received += segment.Length;
            at = segment.Next;
        }

        // If there is more than the request, others wait behind it, and the last one decides. Chunks do not
        // say where they end.
        bool isEnd = exchange.Request.Remaining == received || exchange.Request.Kind == BodyKind.Chunked;
        bool isCut = exchange.Request.Remaining > received;
        if (isCut || (isEnd && IsEndOfClient(in exchange)))
            AbortExchange(connection.Exchange, Outcome.DownstreamAborted);
    }
}
