using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Workers;

// Time running out. Deadlines are put off by progress, so here it is decided who has kept whom waiting.
internal sealed partial class Worker<TRing>
{
    private void SetExchangeDeadline(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        long deadlineMs = _nowMs + (_options.Timeouts.StreamIdleMs / Limits.LooksPerIdleTime);
        if (exchange.RequestDeadlineMs > 0) deadlineMs = Math.Min(deadlineMs, exchange.RequestDeadlineMs);
        _timers.Set(exchange.Downstream, deadlineMs);
    }

    private void SetUpstreamDeadline(int slot, in Exchange exchange)
    {
        long deadlineMs = _nowMs + (_options.Timeouts.StreamIdleMs / Limits.LooksPerIdleTime);
        if (exchange.AttemptDeadlineMs > 0) deadlineMs = Math.Min(deadlineMs, exchange.AttemptDeadlineMs);
        _timers.Set(slot, Math.Max(deadlineMs, _nowMs + 1));
    }

    private void OnDeadline(int slot)
    {
        ref Connection connection = ref _connections[slot];
        switch (connection.Role)
        {
            case ConnectionRole.Downstream when !connection.Input.IsEmpty:
                AnswerUnfinishedHead(slot, Outcome.DownstreamTimedOut);
                break;
            case ConnectionRole.Downstream or ConnectionRole.Lingering:
                BeginClose(slot);
                break;
            case ConnectionRole.DownstreamBusy:
                OnDownstreamDeadline(slot);
                break;
            case ConnectionRole.Connecting:
                FailConnect(slot, Rings.Errno.Timedout);
                break;
            case ConnectionRole.UpstreamBusy:
                OnUpstreamDeadline(slot);
                break;
            case ConnectionRole.UpstreamIdle:
                RemoveIdle(slot);
                BeginClose(slot);
                break;
            default:
                Invariant.Fail("a connection with a deadline has a role that waits", (long)connection.Role);
                break;
        }
    }

    // Parsed once more, for the record: it says whose head it was that never ended.
    private void AnswerUnfinishedHead(int slot, Outcome outcome)
    {
        ReadOnlySpan<byte> input = default;
        ref Connection connection = ref _connections[slot];
        if (!connection.Input.IsEmpty)
        {
            ref Segment first = ref _segments.First(ref connection.Input);
            input = _buffers.Span(first.Buffer, first.Offset, first.Length);
        }

        _requestHead.Parse(input);
        AnswerUnreadable(slot, outcome, input);
    }

    private void OnDownstreamDeadline(int slot)
    {
        ref Connection connection = ref _connections[slot];
        int id = connection.Exchange;
        ref Exchange exchange = ref _exchanges[id];
        if (exchange.RequestDeadlineMs > 0 && _nowMs >= exchange.RequestDeadlineMs)
        {
            exchange.RequestDeadlineMs = 0;
            if (exchange.Has(ExchangeFlags.IsResponseDone)) SetExchangeDeadline(id);
            else AnswerOrAbort(id, Outcome.RequestTimedOut);
            return;
        }

        WatchIfPaused(slot);
        if (AreTrailersOverdue(in exchange.Request))
        {
            AnswerOrAbort(id, Outcome.DownstreamTimedOut);
            return;
        }

        bool isTunnel = connection.Has(ConnectionFlags.IsTunnel);
        int idleMs = isTunnel ? _options.Timeouts.TunnelIdleMs : _options.Timeouts.StreamIdleMs;
        // The rest of its request is due, even when a response has begun, unless the upstream does not take
        // what came.
        bool owesBytes = !exchange.Has(ExchangeFlags.IsRequestDone) && !IsHeldBack(in exchange);
        bool isSlow = !connection.Output.IsEmpty;
        long progressMs = connection.ProgressMs;
        if (isTunnel) progressMs = Math.Max(progressMs, _connections[exchange.Upstream].ProgressMs);
        if ((owesBytes || isSlow || isTunnel) && _nowMs - progressMs >= idleMs)
        {
            if ((isSlow || isTunnel) && !HasLooked(slot, slot, idleMs)) return;
            if (isTunnel && !HasLooked(exchange.Upstream, slot, idleMs)) return;
            if (isTunnel) EndTunnel(id);
            else AnswerOrAbort(id, Outcome.DownstreamTimedOut);
            return;
        }

        long nextMs = Math.Max(progressMs + idleMs, _nowMs + 1_000);
        if (isSlow || isTunnel)
        {
            Look(slot);
            if (isTunnel) Look(exchange.Upstream);
            nextMs = Math.Min(nextMs, _nowMs + (idleMs / Limits.LooksPerIdleTime));
        }

        if (exchange.RequestDeadlineMs > 0) nextMs = Math.Min(nextMs, exchange.RequestDeadlineMs);
        long trailersDueMs = exchange.Request.TrailersDueMs;
        if (trailersDueMs > _nowMs) nextMs = Math.Min(nextMs, trailersDueMs);
        _timers.Set(slot, nextMs);
    }

    private bool IsHeldBack(in Exchange exchange)
    {
        if (exchange.Upstream < 0) return false;
        ref Connection upstream = ref _connections[exchange.Upstream];
        return upstream.Role == ConnectionRole.Connecting || !upstream.Output.IsEmpty;
    }

    private void OnUpstreamDeadline(int slot)
    {
        ref Connection connection = ref _connections[slot];
        int id = connection.Exchange;
        ref Exchange exchange = ref _exchanges[id];
        bool isTunnel = connection.Has(ConnectionFlags.IsTunnel);
        if (exchange.AttemptDeadlineMs > 0 && _nowMs >= exchange.AttemptDeadlineMs)
        {
            FailAttempt(id, Outcome.UpstreamTimedOut);
            return;
        }

        // It is waited for when it owes a response, or room for the request; not while the client is the slow
        // one.
        ref Connection downstream = ref _connections[exchange.Downstream];
        // What lies in its input is a part of a head or of trailers: whatever is whole has been moved.
        bool isWaitedFor = !exchange.Has(ExchangeFlags.IsRouteTimed) && downstream.Output.IsEmpty
            && (exchange.Has(ExchangeFlags.IsRequestDone) || !connection.Output.IsEmpty);
        int idleMs = _options.Timeouts.StreamIdleMs;
        if (AreTrailersOverdue(in exchange.Response))
        {
            FailAttempt(id, Outcome.UpstreamTimedOut);
            return;
        }

        if (!isTunnel && isWaitedFor && _nowMs - connection.ProgressMs >= idleMs)
        {
            if (!HasLooked(slot, slot, idleMs)) return;
            FailAttempt(id, Outcome.UpstreamTimedOut);
            return;
        }

        long nextMs = Math.Max(connection.ProgressMs + idleMs, _nowMs + 1_000);
        if (isWaitedFor)
        {
            Look(slot);
            nextMs = Math.Min(nextMs, _nowMs + (idleMs / Limits.LooksPerIdleTime));
        }

        long trailersDueMs = exchange.Response.TrailersDueMs;
        if (trailersDueMs > _nowMs) nextMs = Math.Min(nextMs, trailersDueMs);
        if (exchange.AttemptDeadlineMs > 0) nextMs = Math.Min(nextMs, exchange.AttemptDeadlineMs);
        _timers.Set(slot, nextMs);
    }

    // No new connections; idle ones end now, busy ones behind their exchange.
    private void Drain()
    {
        _isDraining = true;
        for (int id = 0; id < _sockets.Length; id++) RemoveSocket(id);
        for (int slot = 0; slot < _connections.Capacity; slot++)
        {
            ref Connection connection = ref _connections[slot];
            if (connection.Role == ConnectionRole.UpstreamIdle) RemoveIdle(slot);
            else if (connection.Role != ConnectionRole.Downstream || !connection.Input.IsEmpty) continue;
            BeginClose(slot);
        }
    }
}
