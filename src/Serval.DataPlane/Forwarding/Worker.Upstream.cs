using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Forwarding;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;

namespace Serval.DataPlane.Workers;

// The upstream codec, HTTP/1: requests out, responses in.
internal sealed partial class Worker<TRing>
{
    private void SendRequest(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        int slot = exchange.Upstream;
        ref Connection upstream = ref _connections[slot];
        BeginProgress(ref upstream, _nowMs);
        upstream.Scanned = 0;
        exchange.AttemptDeadlineMs = exchange.BackendTimeoutMs > 0 ? _nowMs + exchange.BackendTimeoutMs : 0;
        SetUpstreamDeadline(slot, in exchange);
        _buffers.AddReference(exchange.HeadBuffer);
        _segments.Append(ref upstream.Output, exchange.HeadBuffer, 0, exchange.HeadLength);
        if (!MayRepeat(in exchange)) ReleaseHead(ref exchange);
        if (exchange.Has(ExchangeFlags.IsRequestDone))
        {
            Flush(slot);
            return;
        }

        int downstream = exchange.Downstream;
        PumpRequest(id);
        if (_connections[downstream].Role == ConnectionRole.DownstreamBusy) ArmReceive(downstream);
    }

    private void OnUpstreamSent(int slot)
    {
        ref Connection upstream = ref _connections[slot];
        if (upstream.Exchange < 0) return;
        // A failed send alone decides nothing: the upstream may have answered before it closed. Its receive
        // tells.
        if (upstream.Has(ConnectionFlags.IsTunnel))
            PumpTunnel(_exchanges[upstream.Exchange].Downstream, slot);
    }

    private void PumpUpstream(int slot)
    {
        ref Connection upstream = ref _connections[slot];
        int id = upstream.Exchange;
        ref Exchange exchange = ref _exchanges[id];
        if (upstream.Has(ConnectionFlags.IsTunnel))
        {
            PumpTunnel(slot, exchange.Downstream);
            return;
        }

        while (!exchange.Has(ExchangeFlags.IsResponseStarted))
        {
            if (!TryReadResponseHead(id, slot)) return;
        }

        if (!upstream.Has(ConnectionFlags.IsTunnel))
        {
            PumpResponseBody(id, slot);
            return;
        }

        int downstream = exchange.Downstream;
        PumpTunnel(slot, downstream);
        if (upstream.Role == ConnectionRole.UpstreamBusy) PumpTunnel(downstream, slot);
    }

    // True when a head was taken; false when more must come or the attempt has failed.
    private bool TryReadResponseHead(int id, int slot)
    {
        ref Exchange exchange = ref _exchanges[id];
        ref Connection upstream = ref _connections[slot];
        while (!upstream.Input.IsEmpty)
        {
            ref Segment first = ref _segments.First(ref upstream.Input);
            ReadOnlySpan<byte> input = _buffers.Span(first.Buffer, first.Offset, first.Length);
            bool isUpgrade = exchange.Has(ExchangeFlags.IsUpgrade);
            switch (_responseHead.Parse(input, exchange.Method, isUpgrade, ref upstream.Scanned))
            {
                case ParseStatus.Complete when _responseHead.IsSwitch
                    && !exchange.Has(ExchangeFlags.IsRequestDone):
                    // The client's bytes still belong to its request: the switch waits for its end.
                    return false;
                case ParseStatus.Complete:
                    return TakeResponseHead(id, slot, input);
                case ParseStatus.Rejected:
                    RefuseResponse(id, _responseHead.Rejection);
                    return false;
                default:
                    if (upstream.Input.Count > 1)
                    {
                        if (TryJoin(ref upstream.Input)) continue;
                        FailAttempt(id, Outcome.Overloaded);
                        return false;
                    }

                    if (upstream.Has(ConnectionFlags.IsInputEnded))
                        RefuseResponse(id, Rejection.HeadIncomplete);
                    return false;
            }
        }

        if (upstream.Has(ConnectionFlags.IsInputEnded)) FailAttempt(id, Outcome.UpstreamClosed);
        return false;
    }

    private bool TakeResponseHead(int id, int slot, ReadOnlySpan<byte> input)
    {
        ref Exchange exchange = ref _exchanges[id];
        ref Connection upstream = ref _connections[slot];
        ref Connection downstream = ref _connections[exchange.Downstream];
        bool isRelayed = !_responseHead.IsInterim || !exchange.Has(ExchangeFlags.IsHttp10);
        if (_responseHead.IsInterim && ++exchange.Interims > Limits.InterimResponses)
        {
            RefuseResponse(id, Rejection.TooManyInterims);
            return false;
        }

        if (!_responseHead.IsInterim) ReadResponseFraming(ref exchange, ref downstream);
        if (isRelayed && !TryWriteResponseHead(ref exchange, ref downstream, input, out Outcome failure))
        {
            if (failure == Outcome.UpstreamInvalid) RefuseResponse(id, Rejection.HeadTooLarge);
            else FailAttempt(id, failure);
            return false;
        }

        _segments.Consume(ref upstream.Input, _responseHead.Length);
        if (_responseHead.IsSwitch) BeginTunnel(ref exchange, ref downstream, ref upstream);
        if (_responseHead.IsInterim)
        {
            if (_responseHead.Status == 100) exchange.Unset(ExchangeFlags.ExpectsContinue);
            Flush(exchange.Downstream);
            return true;
        }

        NoteResponse(in upstream);
        exchange.Status = _responseHead.Status;
        exchange.Set(ExchangeFlags.IsResponseStarted);
        exchange.Outcome = Outcome.Completed;
        ReleaseHead(ref exchange);
        Unpin(ref exchange);
        return true;
    }

    private void ReadResponseFraming(ref Exchange exchange, ref Connection downstream)
    {
        ResponseHead head = _responseHead;
        int minor = exchange.Has(ExchangeFlags.IsHttp10) ? 0 : 1;
        exchange.Response = BodyReader.For(head.Body, head.ContentLength);
        exchange.ToDownstream = new BodyWriter
        {
            IsChunked = head.DownstreamBody(minor) == BodyKind.Chunked,
        };
        if (head.KeepsAlive) exchange.Set(ExchangeFlags.KeepsUpstream);
        if (head.DownstreamBody(minor) == BodyKind.UntilClose || MustEnd(in downstream))
            exchange.Unset(ExchangeFlags.KeepsDownstream);
        SettleRest(ref exchange);
    }

    // From here on bytes are not ours to read (RFC 9110 §7.8). What the client sent before this was held.
    // Only once the head is queued: an upgrade that fails before is an exchange like any other.
    private static void BeginTunnel(
        ref Exchange exchange, ref Connection downstream, ref Connection upstream)
    {
        downstream.Set(ConnectionFlags.IsTunnel);
        upstream.Set(ConnectionFlags.IsTunnel);
        exchange.RequestDeadlineMs = 0;
        exchange.AttemptDeadlineMs = 0;
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
        ref Connection downstream = ref _connections[exchange.Downstream];
        bool isUnseen = !exchange.Has(ExchangeFlags.IsResponseFlushed)
            && !downstream.Has(ConnectionFlags.IsSending);
        if (!isUnseen)
        {
            AbortExchange(id, Outcome.UpstreamAborted);
            return;
        }

        // Nothing but this response, and interim ones before it, can be in the output.
        _segments.Clear(ref downstream.Output);
        exchange.Unset(ExchangeFlags.IsResponseStarted);
        AnswerOrAbort(id, rule == Rejection.None ? Outcome.UpstreamClosed : Outcome.UpstreamInvalid);
    }

    private void PumpResponseBody(int id, int slot)
    {
        ref Exchange exchange = ref _exchanges[id];
        ref Connection upstream = ref _connections[slot];
        int downstream = exchange.Downstream;
        BodyProgress progress = MoveBody(
            ref upstream, ref _connections[downstream], ref exchange.Response, ref exchange.ToDownstream,
            in exchange.ResponseTrailers, isResponse: true);
        switch (progress)
        {
            case BodyProgress.IsDone:
                exchange.Set(ExchangeFlags.IsResponseDone);
                ReleaseUpstream(id, slot);
                break;
            case BodyProgress.NeedsMore when upstream.Has(ConnectionFlags.IsInputEnded):
                BreakResponse(id, Rejection.None);
                return;
            case BodyProgress.IsRejected:
                BreakResponse(id, RuleBroken(in exchange.Response));
                return;
            case BodyProgress.NeedsMore:
                SetTrailersDeadline(slot, ref exchange.Response);
                break;
            case BodyProgress.IsOutOfBuffers:
                AbortExchange(id, Outcome.Overloaded);
                return;
            default:
                break;
        }

        exchange.Set(ExchangeFlags.IsResponseFlushed);
        Flush(downstream);
        // The end may come without a byte to send: a body that leaves until the close, an upstream's end
        // behind it.
        if (exchange.Has(ExchangeFlags.IsResponseDone) && _connections[downstream].Output.IsEmpty)
            EndExchange(id);
    }

    // Back to its pool when nothing of this exchange can be left on it, else closed.
    private void ReleaseUpstream(int id, int slot)
    {
        ref Exchange exchange = ref _exchanges[id];
        ref Connection upstream = ref _connections[slot];
        const ConnectionFlags spoiled =
            ConnectionFlags.IsInputEnded | ConnectionFlags.IsSendBroken | ConnectionFlags.IsSending;
        bool isClean = (upstream.Flags & spoiled) == 0 && upstream.Input.IsEmpty && upstream.Output.IsEmpty;
        if (!exchange.Has(ExchangeFlags.KeepsUpstream) || !exchange.Has(ExchangeFlags.IsRequestDone)
            || !isClean)
        {
            DetachUpstream(id);
            return;
        }

        LeaveEndpoint(ref exchange);
        exchange.Upstream = -1;
        PutIdle(slot);
        ArmReceive(slot);
    }
}
