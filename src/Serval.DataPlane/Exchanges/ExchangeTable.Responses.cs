using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Exchanges;

// What comes from the endpoint: heads of responses, and their bodies.
internal sealed partial class ExchangeTable<TRing>
{
    // Where HTTP is spoken a failed send alone decides nothing: the upstream may have answered before it
    // closed, and its receive tells. A splice is over.
    private void OnUpstreamSent(int slot)
    {
        ref Transport transport = ref _transports[slot];
        bool isCut = transport.Owner == TransportOwner.Exchange && transport.Has(TransportFlags.IsSendBroken)
            && _exchanges[transport.Key].Upstream.Kind == LegKind.Splice;
        if (isCut) Abort(transport.Key, Outcome.TunnelEnded);
    }

    private void OnDownstreamSent(int slot)
    {
        ref Transport transport = ref _transports[slot];
        if (transport.Owner != TransportOwner.Exchange)
        {
            if (transport.Has(TransportFlags.IsSendBroken)) _transports.Close(slot);
            return;
        }

        int id = transport.Key;
        ref Exchange exchange = ref _exchanges[id];
        if (transport.Has(TransportFlags.IsSendBroken))
        {
            Abort(id, Outcome.DownstreamAborted);
            return;
        }

        if (_transports.IsDrained(slot) && exchange.Has(ExchangeFlags.IsResponseDone)) End(id);
    }

    private void PumpUpstream(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (exchange.Upstream.Kind == LegKind.Splice)
        {
            PumpSplice(id, isUp: false);
            return;
        }

        while (!exchange.Has(ExchangeFlags.IsResponseStarted))
        {
            if (!TryReadResponseHead(id)) return;
        }

        if (exchange.Upstream.Kind != LegKind.Splice)
        {
            PumpResponseBody(id);
            return;
        }

        int upstream = exchange.Upstream.Transport;
        PumpSplice(id, isUp: false);
        // Unless the first has ended it.
        if (_transports[upstream].State == TransportState.Open) PumpSplice(id, isUp: true);
    }

    // True when a head was taken; false when more must come or the attempt has failed.
    private bool TryReadResponseHead(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        ref Transport upstream = ref _transports[exchange.Upstream.Transport];
        while (!upstream.Input.IsEmpty)
        {
            ref Segment first = ref _segments.First(ref upstream.Input);
            ReadOnlySpan<byte> text = _buffers.Span(first.Buffer, first.Offset, first.Length);
            bool isUpgrade = exchange.Has(ExchangeFlags.IsUpgrade);
            switch (_responseHead.Parse(text, exchange.Method, isUpgrade, ref upstream.Scanned))
            {
                case ParseStatus.Complete when _responseHead.IsSwitch
                    && !exchange.Has(ExchangeFlags.IsRequestDone):
                    // The client's bytes still belong to its request: the switch waits for its end.
                    return false;
                case ParseStatus.Complete:
                    return TakeResponseHead(id, text);
                case ParseStatus.Rejected:
                    RefuseResponse(id, _responseHead.Rejection);
                    return false;
                default:
                    if (upstream.Input.Count > 1)
                    {
                        if (_segments.TryJoin(ref upstream.Input)) continue;
                        _counters.Add(Counter.LimitBuffers);
                        FailAttempt(id, Outcome.Overloaded);
                        return false;
                    }

                    if (upstream.Has(TransportFlags.IsInputEnded))
                        RefuseResponse(id, Rejection.HeadIncomplete);
                    return false;
            }
        }

        if (upstream.Has(TransportFlags.IsInputEnded)) FailAttempt(id, Outcome.UpstreamClosed);
        return false;
    }

    private bool TakeResponseHead(int id, ReadOnlySpan<byte> text)
    {
        ref Exchange exchange = ref _exchanges[id];
        bool isRelayed = !_responseHead.IsInterim || !exchange.Has(ExchangeFlags.IsHttp10);
        if (_responseHead.IsInterim && ++exchange.Interims > Limits.InterimResponses)
        {
            RefuseResponse(id, Rejection.TooManyInterims);
            return false;
        }

        if (!_responseHead.IsInterim)
        {
            if (exchange.Retry >= 0 && RetriesResponse(id)) return false;
            ReadResponseFraming(ref exchange);
        }

        if (isRelayed && !TryWriteResponseHead(id, text, out Outcome failure))
        {
            if (failure == Outcome.HeadTooLarge) RefuseResponse(id, Rejection.HeadTooLarge);
            else FailAttempt(id, failure);
            return false;
        }

        _segments.Consume(ref _legs.Input(in exchange.Upstream), _responseHead.Length);
        if (_responseHead.IsSwitch) BeginSplice(id);
        if (_responseHead.IsInterim)
        {
            if (_responseHead.Status == 100) exchange.Unset(ExchangeFlags.ExpectsContinue);
            _legs.Send(in exchange.Downstream);
            return true;
        }

        _pools.NoteResponse(exchange.Upstream.Transport);
        exchange.Status = _responseHead.Status;
        exchange.HeadMicroseconds = _clock.NowMicroseconds;
        exchange.Set(ExchangeFlags.IsResponseStarted);
        exchange.Outcome = Outcome.Completed;
        EndRepeating(ref exchange);
        ReleaseHead(ref exchange);
        Unpin(ref exchange);
        return true;
    }

    private void ReadResponseFraming(ref Exchange exchange)
    {
        ResponseHead head = _responseHead;
        int minor = exchange.Has(ExchangeFlags.IsHttp10) ? 0 : 1;
        exchange.Upstream.Reader = BodyReader.For(head.Body, head.ContentLength);
        exchange.Downstream.Writer = new BodyWriter
        {
            IsChunked = head.DownstreamBody(minor) == BodyKind.Chunked,
        };
        if (head.KeepsAlive) exchange.Set(ExchangeFlags.KeepsUpstream);
        bool isEnding = head.DownstreamBody(minor) == BodyKind.UntilClose
            || MustEnd(in _transports[exchange.Downstream.Transport]);
        if (isEnding) exchange.Unset(ExchangeFlags.KeepsDownstream);
        SettleRest(ref exchange);
    }

    // A response whose head breaks a rule: 502, with the rule for its reason.
    private void RefuseResponse(int id, Rejection rule)
    {
        _exchanges[id].Rejection = rule;
        _exchanges[id].Set(ExchangeFlags.IsResponseRefused);
        FailAttempt(id, Outcome.UpstreamInvalid);
    }

    // A body that breaks a rule, or ends too early: 502 while its head is still here. Otherwise the client is
    // cut off, so that it can tell.
    private void BreakResponse(int id, Rejection rule)
    {
        ref Exchange exchange = ref _exchanges[id];
        exchange.Rejection = rule;
        exchange.Set(ExchangeFlags.IsResponseRefused);
        bool isUnseen = !exchange.Has(ExchangeFlags.IsResponseFlushed)
            && !_legs.IsSending(in exchange.Downstream);
        if (!isUnseen)
        {
            Abort(id, Outcome.UpstreamAborted);
            return;
        }

        // Nothing but this response, and interim ones before it, can be in the output.
        _legs.Unsend(in exchange.Downstream);
        exchange.Unset(ExchangeFlags.IsResponseStarted);
        AnswerOrAbort(id, rule == Rejection.None ? Outcome.UpstreamClosed : Outcome.UpstreamInvalid);
    }

    private void PumpResponseBody(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        BodyProgress progress = MoveBody(
            ref exchange.Upstream, ref exchange.Downstream, in exchange.ResponseTrailers, isResponse: true);
        switch (progress)
        {
            case BodyProgress.IsDone:
                exchange.Set(ExchangeFlags.IsResponseDone);
                ReleaseUpstream(id);
                break;
            case BodyProgress.NeedsMore when _legs.IsEnded(in exchange.Upstream):
                BreakResponse(id, Rejection.None);
                return;
            case BodyProgress.IsRejected:
                BreakResponse(id, _legs.RuleBroken(in exchange.Upstream));
                return;
            case BodyProgress.NeedsMore:
                SetTrailersDeadline(_timers.OfAttempt(id), ref exchange.Upstream.Reader);
                break;
            case BodyProgress.IsOutOfBuffers:
                _counters.Add(Counter.LimitBuffers);
                Abort(id, Outcome.Overloaded);
                return;
            default:
                break;
        }

        exchange.Set(ExchangeFlags.IsResponseFlushed);
        _legs.Send(in exchange.Downstream);
        // The end may come without a byte to send: a body that leaves until the close, an upstream's end
        // behind it.
        bool isDelivered = exchange.Has(ExchangeFlags.IsResponseDone)
            && _legs.IsDrained(in exchange.Downstream);
        if (isDelivered) End(id);
    }

    // Back to its pool when nothing of this exchange can be left on it, else closed.
    private void ReleaseUpstream(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        int slot = exchange.Upstream.Transport;
        ref Transport upstream = ref _transports[slot];
        const TransportFlags spoiled =
            TransportFlags.IsInputEnded | TransportFlags.IsSendBroken | TransportFlags.IsSending;
        bool isClean = (upstream.Flags & spoiled) == 0 && upstream.Input.IsEmpty && upstream.Output.IsEmpty;
        if (!exchange.Has(ExchangeFlags.KeepsUpstream) || !exchange.Has(ExchangeFlags.IsRequestDone)
            || !isClean)
        {
            Detach(id);
            return;
        }

        LeaveEndpoint(ref exchange);
        exchange.Upstream = Leg.None;
        _timers.Clear(_timers.OfAttempt(id));
        _transports.Part(slot);
        _pools.PutIdle(slot);
    }
}
