using Serval.DataPlane.Accounting;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Workers;

// How exchanges begin, and how they end: delivered, answered by ourselves, or cut off. Every way leads
// through one record.
internal sealed partial class Worker<TRing>
{
    private int OpenExchange(int slot)
    {
        bool isLeased = _exchanges.TryLease(out int id);
        Invariant.Check(isLeased, "there are as many exchanges as connections");
        ref Exchange exchange = ref _exchanges[id];
        exchange = new Exchange
        {
            Downstream = slot,
            Upstream = -1,
            Pin = -1,
            RuleId = -1,
            Cluster = -1,
            Endpoint = -1,
            Failed = -1,
            FailedBefore = -1,
            HeadBuffer = -1,
            ListenerSeries = Limits.ListenerSeries,
            RouteSeries = -1,
            StartMicroseconds = _nowMicroseconds,
        };
        ref Connection connection = ref _connections[slot];
        connection.Role = ConnectionRole.DownstreamBusy;
        connection.Exchange = id;
        BeginProgress(ref connection, _nowMs);
        Counters.ExchangeStarted(1);
        return id;
    }

    // The response is with the kernel: record, then the next request on the connection, or its end.
    private void EndExchange(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        int slot = exchange.Downstream;
        bool isRequestDone = exchange.Has(ExchangeFlags.IsRequestDone);
        ref Connection connection = ref _connections[slot];
        bool keeps = exchange.Has(ExchangeFlags.KeepsDownstream) && !MustEnd(in connection);
        long rest = isRequestDone ? 0 : exchange.Request.Remaining;
        bool isLast = exchange.Has(ExchangeFlags.IsLastOfClient) && isRequestDone;
        if (exchange.Upstream >= 0) DetachUpstream(id);
        FreeExchange(id);
        connection.Exchange = -1;
        if (!keeps)
        {
            if (isLast && connection.Input.IsEmpty) BeginClose(slot);
            else BeginLinger(slot);
            return;
        }

        Invariant.Check(rest <= Limits.SkippedBytesMax, "a connection is kept only if the rest is small");
        connection.Role = ConnectionRole.Downstream;
        connection.Skipped = (int)rest;
        if (connection.Input.IsEmpty) JoinIdle(slot);
        _timers.Set(slot, _nowMs + _options.Timeouts.DownstreamIdleMs);
        if (!connection.Input.IsEmpty || connection.Has(ConnectionFlags.IsInputEnded)) PumpDownstream(slot);
        if (connection.Role != ConnectionRole.Closing) ArmReceive(slot);
    }

    // No exchange begins on a connection whose listener is gone, nor on any once the worker drains.
    private bool MustEnd(in Connection connection) =>
        _isDraining || connection.Has(ConnectionFlags.IsLeaving);

    // Cut off on both sides: nothing sensible can be said any more.
    private void AbortExchange(int id, Outcome outcome)
    {
        ref Exchange exchange = ref _exchanges[id];
        int slot = exchange.Downstream;
        exchange.Outcome = outcome;
        DetachUpstream(id);
        FreeExchange(id);
        _connections[slot].Exchange = -1;
        BeginClose(slot);
    }

    // What is still in progress when the worker stops is cut off: that is its outcome, and its record.
    private void EndExchanges()
    {
        for (int slot = 0; slot < _connections.Capacity; slot++)
        {
            ref Connection connection = ref _connections[slot];
            if (connection.Role == ConnectionRole.DownstreamBusy)
                AbortExchange(connection.Exchange, Outcome.Drained);
        }
    }

    private void FreeExchange(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        Account(id, in exchange);
        ReleaseHead(ref exchange);
        Unpin(ref exchange);
        Counters.ExchangeStarted(-1);
        _exchanges.Release(id);
    }

    private void ReleaseHead(ref Exchange exchange)
    {
        if (exchange.HeadBuffer < 0) return;
        _buffers.Release(exchange.HeadBuffer);
        exchange.HeadBuffer = -1;
    }

    // Serval's own answer, when no response has begun; otherwise the client is cut off, so that it can tell.
    private void AnswerOrAbort(int id, Outcome outcome)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (exchange.Upstream >= 0 || exchange.Has(ExchangeFlags.IsAtEndpoint)) DetachUpstream(id);
        if (exchange.Has(ExchangeFlags.IsResponseStarted))
        {
            AbortExchange(id, outcome);
            return;
        }

        exchange.Outcome = outcome;
        bool hasRule = exchange.Rejection != Rejection.None;
        exchange.Status = hasRule && outcome == Outcome.BadRequest
            ? exchange.Rejection.HttpStatus()
            : OutcomeText.Status(outcome);
        if (outcome == Outcome.DownstreamTimedOut) exchange.Unset(ExchangeFlags.KeepsDownstream);
        SettleRest(ref exchange);
        ReadOnlySpan<byte> reason = hasRule ? exchange.Rejection.Utf8Text() : OutcomeText.Name(outcome);
        if (!TryWriteAnswer(ref exchange, ref _connections[exchange.Downstream], reason))
        {
            AbortExchange(id, Outcome.Overloaded);
            return;
        }

        SendAnswer(id);
    }

    private void SendAnswer(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        exchange.Set(
            ExchangeFlags.IsResponseStarted | ExchangeFlags.IsResponseDone | ExchangeFlags.IsResponseFlushed);
        Unpin(ref exchange);
        ReleaseHead(ref exchange);
        SetExchangeDeadline(id);
        Flush(exchange.Downstream);
        if (_connections[exchange.Downstream].Has(ConnectionFlags.IsSendBroken))
            AbortExchange(id, Outcome.DownstreamAborted);
    }

    // A head that is refused or never ends: it is answered and recorded with what was read of it, which is in
    // _requestHead. The connection ends, because nobody knows where the next request would begin.
    private void AnswerUnreadable(int slot, Outcome outcome, ReadOnlySpan<byte> input)
    {
        ref Connection connection = ref _connections[slot];
        int id = OpenExchange(slot);
        ref Exchange exchange = ref _exchanges[id];
        exchange.Outcome = outcome;
        exchange.Method = _requestHead.MethodKind;
        exchange.Rejection = _requestHead.Rejection;
        bool isRefused = exchange.Rejection != Rejection.None;
        exchange.Status = isRefused ? exchange.Rejection.HttpStatus() : OutcomeText.Status(outcome);
        BeginAccessRecord(id, slot, input);
        _segments.Clear(ref connection.Input);
        ReadOnlySpan<byte> reason = isRefused ? exchange.Rejection.Utf8Text() : OutcomeText.Name(outcome);
        if (!TryWriteAnswer(ref exchange, ref connection, reason))
        {
            AbortExchange(id, Outcome.Overloaded);
            return;
        }

        SendAnswer(id);
    }
}
