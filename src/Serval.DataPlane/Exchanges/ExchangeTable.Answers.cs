using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Http;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Exchanges;

// Answers of our own.
internal sealed partial class ExchangeTable<TRing>
{
    // Serval's own answer, when no response has begun; otherwise the client is cut off, so that it can tell.
    private void AnswerOrAbort(int id, Outcome outcome)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (exchange.Upstream.IsAttached || exchange.Has(ExchangeFlags.IsAtEndpoint)) Detach(id);
        if (exchange.Has(ExchangeFlags.IsResponseStarted) || exchange.Downstream.Kind == LegKind.Splice)
        {
            Abort(id, outcome);
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
        if (!TryWriteAnswer(id, reason))
        {
            Abort(id, Outcome.Overloaded);
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
        _legs.Send(in exchange.Downstream);
        if (_legs.IsBroken(in exchange.Downstream))
            Abort(id, Outcome.DownstreamAborted);
    }

    // A head that is refused or never ends: it is answered and recorded with what was read of it, which is in
    // _requestHead. The connection ends, because nobody knows where the next request would begin.
    private void AnswerUnreadable(int slot, Outcome outcome, ReadOnlySpan<byte> input)
    {
        int id = Open(slot);
        ref Exchange exchange = ref _exchanges[id];
        exchange.Outcome = outcome;
        exchange.Method = _requestHead.MethodKind;
        exchange.Rejection = _requestHead.Rejection;
        bool isRefused = exchange.Rejection != Rejection.None;
        exchange.Status = isRefused ? exchange.Rejection.HttpStatus() : OutcomeText.Status(outcome);
        _recorder.Begin(
            id, in exchange, in _transports.Peer(slot), IdOf(id), _requestHead, input, isWhole: false);
        RecordTls(id, slot);
        _legs.Drop(in exchange.Downstream);
        ReadOnlySpan<byte> reason = isRefused ? exchange.Rejection.Utf8Text() : OutcomeText.Name(outcome);
        if (!TryWriteAnswer(id, reason))
        {
            Abort(id, Outcome.Overloaded);
            return;
        }

        SendAnswer(id);
    }

    // Parsed once more, for the record: it says whose head it was that never ended.
    private void AnswerUnfinishedHead(int slot, Outcome outcome)
    {
        ReadOnlySpan<byte> input = default;
        ref Transport transport = ref _transports[slot];
        if (!transport.Input.IsEmpty)
        {
            ref Segment first = ref _segments.First(ref transport.Input);
            input = _buffers.Span(first.Buffer, first.Offset, first.Length);
        }

        _requestHead.Parse(input);
        AnswerUnreadable(slot, outcome, input);
    }
}
