using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Http;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Exchanges;

// What comes from the client: heads on its connection, the body of a request.
internal sealed partial class ExchangeTable<TRing>
{
    // A client's connection between exchanges, or while a head arrives.
    private void PumpHeads(int slot)
    {
        ref Transport transport = ref _transports[slot];
        if (transport.Skipped > 0) SkipRest(slot);
        if (!transport.Input.IsEmpty) ReadRequestHead(slot);
        else if (transport.Has(TransportFlags.IsInputEnded)) _transports.CloseWhole(slot);
    }

    private void ReadRequestHead(int slot)
    {
        ref Transport transport = ref _transports[slot];
        while (true)
        {
            ref Segment first = ref _segments.First(ref transport.Input);
            ReadOnlySpan<byte> text = _buffers.Span(first.Buffer, first.Offset, first.Length);
            bool isFirstLook = transport.Scanned == 0;
            switch (_requestHead.Parse(text, ref transport.Scanned))
            {
                case ParseStatus.Complete:
                    Begin(slot, text);
                    return;
                case ParseStatus.Rejected:
                    transport.Scanned = 0;
                    AnswerUnreadable(slot, Outcome.BadRequest, text);
                    return;
                default:
                    if (isFirstLook)
                        _timers.Set(
                            TimerWheel.OfTransport(slot), _clock.NowMs + _options.Timeouts.RequestHeadMs);
                    if (transport.Input.Count > 1)
                    {
                        if (_segments.TryJoin(ref transport.Input)) continue;
                        _counters.Add(Counter.LimitBuffers);
                        _transports.Close(slot);
                    }
                    else if (transport.Has(TransportFlags.IsInputEnded))
                    {
                        _transports.Close(slot);
                    }

                    return;
            }
        }
    }

    // Moves what has come of the request's body, once there is an upstream to take it.
    private void PumpRequest(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (_legs.IsOpen(in exchange.Upstream))
        {
            if (exchange.Upstream.Kind == LegKind.Splice)
            {
                PumpSplice(id, isUp: true);
                return;
            }

            if (!exchange.Has(ExchangeFlags.IsRequestDone) && !PumpRequestBody(id)) return;
            _legs.Send(in exchange.Upstream);
        }
        else if (!exchange.Upstream.IsAttached && exchange.Has(ExchangeFlags.IsResponseDone))
        {
            DropRequestBody(ref exchange);
        }

        if (IsClientGone(in exchange)) Abort(id, Outcome.DownstreamAborted);
        else if (exchange.Has(ExchangeFlags.IsUpgrade)) ResumeSwitch(id);
    }

    // A reset, or an end inside the request, leaves nobody to answer. An end behind it means the same while
    // the client waits, unless it has said that it sends nothing more (decision 9). Once a response has
    // begun, its sends tell.
    private bool IsClientGone(in Exchange exchange)
    {
        if (_legs.IsBroken(in exchange.Downstream)) return true;
        if (!_legs.IsEnded(in exchange.Downstream) || !_legs.Input(in exchange.Downstream).IsEmpty)
            return false;
        return exchange.Has(ExchangeFlags.IsRequestDone)
            ? IsEndOfClient(in exchange)
            : !exchange.Has(ExchangeFlags.IsResponseDone);
    }

    // Whether the end of the client's half, behind its request, says that nobody waits for the response.
    private bool IsEndOfClient(in Exchange exchange) => !_options.ServesHalfClosed
        && (exchange.Flags & (ExchangeFlags.IsResponseStarted | ExchangeFlags.IsLastOfClient)) == 0;

    // A 101 that came before the whole request was sent has waited for that.
    private void ResumeSwitch(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        const ExchangeFlags both = ExchangeFlags.IsRequestDone | ExchangeFlags.IsResponseStarted;
        if ((exchange.Flags & both) != ExchangeFlags.IsRequestDone) return;
        if (_legs.IsOpen(in exchange.Upstream) && !_legs.Input(in exchange.Upstream).IsEmpty)
            PumpUpstream(id);
    }

    // False when the exchange has ended over it.
    private bool PumpRequestBody(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (!_legs.Input(in exchange.Downstream).IsEmpty)
        {
            // From here on the request cannot be sent a second time: nobody reads its head again.
            exchange.Set(ExchangeFlags.IsBodyTaken);
            ReleaseHead(ref exchange);
        }

        bool isMirrored = exchange.Has(ExchangeFlags.IsMirrored);
        long queued = isMirrored ? _segments.BytesOf(in _legs.Output(in exchange.Upstream)) : 0;
        BodyProgress progress = MoveBody(
            ref exchange.Downstream, ref exchange.Upstream, in exchange.RequestTrailers, isResponse: false);
        if (isMirrored) CopyToMirrors(id, queued, isWhole: progress == BodyProgress.IsDone);
        switch (progress)
        {
            case BodyProgress.IsDone:
                exchange.Set(ExchangeFlags.IsRequestDone);
                return true;
            case BodyProgress.IsRejected:
                exchange.Rejection = _legs.RuleBroken(in exchange.Downstream);
                exchange.Unset(ExchangeFlags.KeepsDownstream);
                Detach(id);
                AnswerOrAbort(id, Outcome.BadRequest);
                return false;
            case BodyProgress.IsOutOfBuffers:
                _counters.Add(Counter.LimitBuffers);
                Detach(id);
                AnswerOrAbort(id, Outcome.Overloaded);
                return false;
            case BodyProgress.NeedsMore when _legs.IsEnded(in exchange.Downstream):
                // A part of a trailer section may be left in the input: it will never be whole.
                Abort(id, Outcome.DownstreamAborted);
                return false;
            case BodyProgress.NeedsMore:
                SetTrailersDeadline(_timers.OfExchange(id), ref exchange.Downstream.Reader);
                return true;
            default:
                return true;
        }
    }

    // ---- what is left of a request that was answered early ----

    // Before the head of an answer is written: the connection is kept if what is left of the request is known
    // and small. Otherwise the answer says that the connection ends (RFC 9112 §9.6).
    private static void SettleRest(ref Exchange exchange)
    {
        if (exchange.Has(ExchangeFlags.IsRequestDone)) return;
        const ExchangeFlags waiting = ExchangeFlags.ExpectsContinue | ExchangeFlags.IsBodyTaken;
        bool mayNotCome = (exchange.Flags & waiting) == ExchangeFlags.ExpectsContinue;
        bool isSmall = exchange.Downstream.Reader.Kind == BodyKind.Length
            && exchange.Downstream.Reader.Remaining <= Limits.SkippedBytesMax;
        if (mayNotCome || !isSmall) exchange.Unset(ExchangeFlags.KeepsDownstream);
    }

    // No upstream takes the rest. It is read all the same: many clients read only when they have sent all.
    private void DropRequestBody(ref Exchange exchange)
    {
        if (exchange.Has(ExchangeFlags.IsRequestDone)) return;
        if (!exchange.Has(ExchangeFlags.KeepsDownstream))
        {
            _legs.Drop(in exchange.Downstream);
            return;
        }

        ref SegmentQueue input = ref _legs.Input(in exchange.Downstream);
        exchange.Downstream.Reader.Remaining -= Drop(ref input, exchange.Downstream.Reader.Remaining);
        if (exchange.Downstream.Reader.Remaining == 0) exchange.Set(ExchangeFlags.IsRequestDone);
    }

    // The same once the answer was delivered; then the next head comes.
    private void SkipRest(int slot)
    {
        ref Transport transport = ref _transports[slot];
        int dropped = Drop(ref transport.Input, transport.Skipped);
        transport.Skipped -= dropped;
        if (dropped == 0 || !transport.Input.IsEmpty) return;
        _transports.JoinIdle(slot);
        _timers.Set(TimerWheel.OfTransport(slot), _clock.NowMs + _options.Timeouts.DownstreamIdleMs);
    }

    // Drops at most so many bytes of an input; returns how many.
    private int Drop(ref SegmentQueue input, long bytesMax)
    {
        int dropped = 0;
        while (dropped < bytesMax && !input.IsEmpty)
        {
            int length = (int)Math.Min(bytesMax - dropped, _segments.First(ref input).Length);
            _segments.Consume(ref input, length);
            dropped += length;
        }

        return dropped;
    }
}
