using Serval.DataPlane.Accounting;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Exchanges;

// Time running out. Deadlines are put off by progress, so here it is decided who has kept whom waiting.
internal sealed partial class ExchangeTable<TRing>
{
    /// <summary>
    /// The time of a transport is over: of one whose head is awaited, that connects, or that is paused.
    /// </summary>
    public void OnTransportDeadline(int slot)
    {
        ref Transport transport = ref _transports[slot];
        if (transport.State is TransportState.Connecting or TransportState.Securing)
        {
            FailConnect(slot, Errno.Timedout);
        }
        else if (transport.Owner == TransportOwner.Exchange)
        {
            if (!transport.Has(TransportFlags.IsUpstream)) _transports.WatchIfPaused(slot);
        }
        else if (!transport.Input.IsEmpty)
        {
            AnswerUnfinishedHead(slot, Outcome.DownstreamTimedOut);
        }
        else
        {
            _transports.CloseWhole(slot);
        }
    }

    /// <summary>
    /// The peer of a client's transport, which was watched while nothing was received, has ended its half
    /// behind so many bytes that were not used.
    /// </summary>
    public void OnEnded(int slot, long received)
    {
        int id = _transports[slot].Key;
        ref Exchange exchange = ref _exchanges[id];
        // If there is more than the request, others wait behind it, and the last one decides. Chunks do not
        // say where they end.
        ref BodyReader reader = ref exchange.Downstream.Reader;
        bool isEnd = reader.Remaining == received || reader.Kind == BodyKind.Chunked;
        bool isCut = reader.Remaining > received;
        if (isCut || (isEnd && IsEndOfClient(in exchange))) Abort(id, Outcome.DownstreamAborted);
    }

    /// <summary>The time of an exchange, or of its downstream leg, is over.</summary>
    public void OnExchangeDeadline(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (exchange.RequestDeadlineMs > 0 && _clock.NowMs >= exchange.RequestDeadlineMs)
        {
            exchange.RequestDeadlineMs = 0;
            if (exchange.Has(ExchangeFlags.IsResponseDone)) SetExchangeDeadline(id);
            else AnswerOrAbort(id, Outcome.RequestTimedOut);
            return;
        }

        if (AreTrailersOverdue(in exchange.Downstream.Reader))
        {
            AnswerOrAbort(id, Outcome.DownstreamTimedOut);
            return;
        }

        int timer = _timers.OfExchange(id);
        int slot = exchange.Downstream.Transport;
        int upstream = exchange.Upstream.Transport;
        bool isSplice = exchange.Downstream.Kind == LegKind.Splice;
        int idleMs = isSplice ? _options.Timeouts.TunnelIdleMs : _options.Timeouts.StreamIdleMs;
        // The rest of its request is due, even when a response has begun, unless the upstream does not take
        // what came.
        bool owesBytes = !exchange.Has(ExchangeFlags.IsRequestDone) && !IsHeldBack(in exchange);
        bool isSlow = !_legs.IsDrained(in exchange.Downstream);
        long progressMs = _transports[slot].ProgressMs;
        if (isSplice) progressMs = Math.Max(progressMs, _transports[upstream].ProgressMs);
        if ((owesBytes || isSlow || isSplice) && _clock.NowMs - progressMs >= idleMs)
        {
            if ((isSlow || isSplice) && !_transports.HasLooked(slot, timer, idleMs)) return;
            if (isSplice && !_transports.HasLooked(upstream, timer, idleMs)) return;
            if (isSplice) Abort(id, Outcome.TunnelEnded);
            else AnswerOrAbort(id, Outcome.DownstreamTimedOut);
            return;
        }

        long nextMs = Math.Max(progressMs + idleMs, _clock.NowMs + 1_000);
        if (isSlow || isSplice)
        {
            _transports.Look(slot);
            if (isSplice) _transports.Look(upstream);
            nextMs = Math.Min(nextMs, _clock.NowMs + (idleMs / Limits.LooksPerIdleTime));
        }

        if (exchange.RequestDeadlineMs > 0) nextMs = Math.Min(nextMs, exchange.RequestDeadlineMs);
        long trailersDueMs = exchange.Downstream.Reader.TrailersDueMs;
        if (trailersDueMs > _clock.NowMs) nextMs = Math.Min(nextMs, trailersDueMs);
        _timers.Set(timer, nextMs);
    }

    /// <summary>The time of an attempt, or of its upstream leg, is over.</summary>
    public void OnAttemptDeadline(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (exchange.Has(ExchangeFlags.IsBackingOff))
        {
            EndBackoff(id);
            return;
        }

        if (exchange.AttemptDeadlineMs > 0 && _clock.NowMs >= exchange.AttemptDeadlineMs)
        {
            FailAttempt(id, Outcome.UpstreamTimedOut);
            return;
        }

        // It is waited for when it owes a response, or room for the request; not while the client is the slow
        // one.
        // What lies in its input is a part of a head or of trailers: whatever is whole has been moved.
        int timer = _timers.OfAttempt(id);
        int slot = exchange.Upstream.Transport;
        long progressMs = _transports[slot].ProgressMs;
        bool isWaitedFor = !exchange.Has(ExchangeFlags.IsRouteTimed)
            && _legs.IsDrained(in exchange.Downstream)
            && (exchange.Has(ExchangeFlags.IsRequestDone) || !_legs.IsDrained(in exchange.Upstream));
        int idleMs = _options.Timeouts.StreamIdleMs;
        if (AreTrailersOverdue(in exchange.Upstream.Reader))
        {
            FailAttempt(id, Outcome.UpstreamTimedOut);
            return;
        }

        bool isSplice = exchange.Upstream.Kind == LegKind.Splice;
        if (!isSplice && isWaitedFor && _clock.NowMs - progressMs >= idleMs)
        {
            if (!_transports.HasLooked(slot, timer, idleMs)) return;
            FailAttempt(id, Outcome.UpstreamTimedOut);
            return;
        }

        long nextMs = Math.Max(progressMs + idleMs, _clock.NowMs + 1_000);
        if (isWaitedFor)
        {
            _transports.Look(slot);
            nextMs = Math.Min(nextMs, _clock.NowMs + (idleMs / Limits.LooksPerIdleTime));
        }

        long trailersDueMs = exchange.Upstream.Reader.TrailersDueMs;
        if (trailersDueMs > _clock.NowMs) nextMs = Math.Min(nextMs, trailersDueMs);
        if (exchange.AttemptDeadlineMs > 0) nextMs = Math.Min(nextMs, exchange.AttemptDeadlineMs);
        _timers.Set(timer, nextMs);
    }

    private void SetExchangeDeadline(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        long deadlineMs = _clock.NowMs + (_options.Timeouts.StreamIdleMs / Limits.LooksPerIdleTime);
        if (exchange.RequestDeadlineMs > 0) deadlineMs = Math.Min(deadlineMs, exchange.RequestDeadlineMs);
        _timers.Set(_timers.OfExchange(id), deadlineMs);
    }

    private void SetAttemptDeadline(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        long deadlineMs = _clock.NowMs + (_options.Timeouts.StreamIdleMs / Limits.LooksPerIdleTime);
        if (exchange.AttemptDeadlineMs > 0) deadlineMs = Math.Min(deadlineMs, exchange.AttemptDeadlineMs);
        _timers.Set(_timers.OfAttempt(id), Math.Max(deadlineMs, _clock.NowMs + 1));
    }

    // A trailer section has as long as a head.
    private void SetTrailersDeadline(int timer, ref BodyReader reader)
    {
        if (!reader.AwaitsTrailers || reader.TrailersDueMs > 0) return;
        reader.TrailersDueMs = _clock.NowMs + _options.Timeouts.RequestHeadMs;
        _timers.SetSooner(timer, reader.TrailersDueMs);
    }

    private bool AreTrailersOverdue(in BodyReader reader) =>
        reader.AwaitsTrailers && reader.Kind != BodyKind.None && reader.TrailersDueMs > 0
        && _clock.NowMs >= reader.TrailersDueMs;

    private bool IsHeldBack(in Exchange exchange) => exchange.Upstream.IsAttached
        && (!_legs.IsOpen(in exchange.Upstream) || !_legs.IsDrained(in exchange.Upstream));
}
