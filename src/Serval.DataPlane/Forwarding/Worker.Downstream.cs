using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Forwarding;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Workers;

// The downstream codec, HTTP/1: heads and bodies of requests out of what a client has sent.
internal sealed partial class Worker<TRing>
{
    private void PumpDownstream(int slot)
    {
        ref Connection connection = ref _connections[slot];
        if (connection.Role == ConnectionRole.DownstreamBusy)
        {
            PumpRequest(connection.Exchange);
            return;
        }

        if (connection.Skipped > 0) SkipRest(slot);
        if (!connection.Input.IsEmpty) ReadRequestHead(slot);
        else if (connection.Has(ConnectionFlags.IsInputEnded)) BeginClose(slot);
    }

    private void ReadRequestHead(int slot)
    {
        ref Connection connection = ref _connections[slot];
        while (true)
        {
            ref Segment first = ref _segments.First(ref connection.Input);
            ReadOnlySpan<byte> input = _buffers.Span(first.Buffer, first.Offset, first.Length);
            bool isFirstLook = connection.Scanned == 0;
            switch (_requestHead.Parse(input, ref connection.Scanned))
            {
                case ParseStatus.Complete:
                    BeginExchange(slot, input);
                    return;
                case ParseStatus.Rejected:
                    connection.Scanned = 0;
                    AnswerUnreadable(slot, Outcome.BadRequest, input);
                    return;
                default:
                    if (isFirstLook) _timers.Set(slot, _nowMs + _options.Timeouts.RequestHeadMs);
                    if (connection.Input.Count > 1)
                    {
                        if (TryJoin(ref connection.Input)) continue;
                        Counters.Add(Counter.LimitBuffers);
                        BeginClose(slot);
                    }
                    else if (connection.Has(ConnectionFlags.IsInputEnded))
                    {
                        BeginClose(slot);
                    }

                    return;
            }
        }
    }

    // Moves what has come of the request's body, once there is an upstream to take it.
    private void PumpRequest(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        ref Connection downstream = ref _connections[exchange.Downstream];
        if (exchange.Upstream >= 0 && _connections[exchange.Upstream].Role == ConnectionRole.UpstreamBusy)
        {
            ref Connection upstream = ref _connections[exchange.Upstream];
            if (upstream.Has(ConnectionFlags.IsTunnel))
            {
                PumpTunnel(exchange.Downstream, exchange.Upstream);
                return;
            }

            if (!exchange.Has(ExchangeFlags.IsRequestDone)
                && !PumpRequestBody(id, ref downstream, ref upstream)) return;
            Flush(exchange.Upstream);
        }
        else if (exchange.Upstream < 0 && exchange.Has(ExchangeFlags.IsResponseDone))
        {
            DropRequestBody(ref exchange, ref downstream);
        }

        if (IsClientGone(in exchange, in downstream)) AbortExchange(id, Outcome.DownstreamAborted);
        else if (exchange.Has(ExchangeFlags.IsUpgrade)) ResumeSwitch(in exchange);
    }

    // A reset, or an end inside the request, leaves nobody to answer. An end behind it means the same while
    // the client waits, unless it has said that it sends nothing more (decision 9). Once a response has
    // begun, its sends tell.
    private bool IsClientGone(in Exchange exchange, in Connection downstream)
    {
        if (downstream.Has(ConnectionFlags.IsSendBroken)) return true;
        if (!downstream.Has(ConnectionFlags.IsInputEnded) || !downstream.Input.IsEmpty) return false;
        return exchange.Has(ExchangeFlags.IsRequestDone)
            ? IsEndOfClient(in exchange)
            : !exchange.Has(ExchangeFlags.IsResponseDone);
    }

    // Whether the end of the client's half, behind its request, says that nobody waits for the response.
    private bool IsEndOfClient(in Exchange exchange) => !_options.ServesHalfClosed
        && (exchange.Flags & (ExchangeFlags.IsResponseStarted | ExchangeFlags.IsLastOfClient)) == 0;

    // A 101 that came before the whole request was sent has waited for that.
    private void ResumeSwitch(in Exchange exchange)
    {
        const ExchangeFlags both = ExchangeFlags.IsRequestDone | ExchangeFlags.IsResponseStarted;
        if ((exchange.Flags & both) != ExchangeFlags.IsRequestDone || exchange.Upstream < 0) return;
        ref Connection upstream = ref _connections[exchange.Upstream];
        if (upstream.Role == ConnectionRole.UpstreamBusy && !upstream.Input.IsEmpty)
            PumpUpstream(exchange.Upstream);
    }

    // ---- what is left of a request that was answered early ----

    // Before the head of an answer is written: the connection is kept if what is left of the request is known
    // and small. Otherwise the answer says that the connection ends (RFC 9112 §9.6).
    private static void SettleRest(ref Exchange exchange)
    {
        if (exchange.Has(ExchangeFlags.IsRequestDone)) return;
        const ExchangeFlags waiting = ExchangeFlags.ExpectsContinue | ExchangeFlags.IsBodyTaken;
        bool mayNotCome = (exchange.Flags & waiting) == ExchangeFlags.ExpectsContinue;
        bool isSmall = exchange.Request.Kind == BodyKind.Length
            && exchange.Request.Remaining <= Limits.SkippedBytesMax;
        if (mayNotCome || !isSmall) exchange.Unset(ExchangeFlags.KeepsDownstream);
    }

    // No upstream takes the rest. It is read all the same: many clients read only when they have sent all.
    private void DropRequestBody(ref Exchange exchange, ref Connection downstream)
    {
        if (exchange.Has(ExchangeFlags.IsRequestDone)) return;
        if (!exchange.Has(ExchangeFlags.KeepsDownstream))
        {
            _segments.Clear(ref downstream.Input);
            return;
        }

        exchange.Request.Remaining -= Drop(ref downstream, exchange.Request.Remaining);
        if (exchange.Request.Remaining == 0) exchange.Set(ExchangeFlags.IsRequestDone);
    }

    // The same once the answer was delivered; then the next head comes.
    private void SkipRest(int slot)
    {
        ref Connection connection = ref _connections[slot];
        int dropped = Drop(ref connection, connection.Skipped);
        connection.Skipped -= dropped;
        if (dropped == 0 || !connection.Input.IsEmpty) return;
        JoinIdle(slot);
        _timers.Set(slot, _nowMs + _options.Timeouts.DownstreamIdleMs);
    }

    // Drops at most so many bytes of the input; returns how many.
    private int Drop(ref Connection connection, long bytesMax)
    {
        int dropped = 0;
        while (dropped < bytesMax && !connection.Input.IsEmpty)
        {
            int length = (int)Math.Min(bytesMax - dropped, _segments.First(ref connection.Input).Length);
            _segments.Consume(ref connection.Input, length);
            dropped += length;
        }

        return dropped;
    }

    // False when the exchange has ended over it.
    private bool PumpRequestBody(int id, ref Connection downstream, ref Connection upstream)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (!downstream.Input.IsEmpty)
        {
            // From here on the request cannot be sent a second time: nobody reads its head again.
            exchange.Set(ExchangeFlags.IsBodyTaken);
            ReleaseHead(ref exchange);
        }

        BodyProgress progress = MoveBody(
            ref downstream, ref upstream, ref exchange.Request, ref exchange.ToUpstream,
            in exchange.RequestTrailers, isResponse: false);
        switch (progress)
        {
            case BodyProgress.IsDone:
                exchange.Set(ExchangeFlags.IsRequestDone);
                return true;
            case BodyProgress.IsRejected:
                exchange.Rejection = RuleBroken(in exchange.Request);
                exchange.Unset(ExchangeFlags.KeepsDownstream);
                DetachUpstream(id);
                AnswerOrAbort(id, Outcome.BadRequest);
                return false;
            case BodyProgress.IsOutOfBuffers:
                DetachUpstream(id);
                AnswerOrAbort(id, Outcome.Overloaded);
                return false;
            case BodyProgress.NeedsMore when downstream.Has(ConnectionFlags.IsInputEnded):
                // A part of a trailer section may be left in the input: it will never be whole.
                AbortExchange(id, Outcome.DownstreamAborted);
                return false;
            case BodyProgress.NeedsMore:
                SetTrailersDeadline(exchange.Downstream, ref exchange.Request);
                return true;
            default:
                return true;
        }
    }

    private void OnDownstreamSent(int slot)
    {
        ref Connection connection = ref _connections[slot];
        if (connection.Role == ConnectionRole.Downstream || connection.Exchange < 0)
        {
            if (connection.Has(ConnectionFlags.IsSendBroken)) BeginClose(slot);
            return;
        }

        int id = connection.Exchange;
        ref Exchange exchange = ref _exchanges[id];
        if (connection.Has(ConnectionFlags.IsSendBroken))
        {
            AbortExchange(id, Outcome.DownstreamAborted);
            return;
        }

        if (!connection.Output.IsEmpty) return;
        if (connection.Has(ConnectionFlags.IsTunnel)) PumpTunnel(exchange.Upstream, slot);
        else if (exchange.Has(ExchangeFlags.IsResponseDone)) EndExchange(id);
    }

    // Both directions of an upgraded connection; a half that ends is ended on the other side once all is
    // sent.
    private void PumpTunnel(int from, int to)
    {
        ref Connection source = ref _connections[from];
        ref Connection target = ref _connections[to];
        int id = source.Exchange;
        if (source.Has(ConnectionFlags.IsSendBroken) || target.Has(ConnectionFlags.IsSendBroken))
        {
            EndTunnel(id);
            return;
        }

        MoveBytes(ref source, ref target);
        Flush(to);
        bool isOver = source.Has(ConnectionFlags.IsInputEnded) && source.Input.IsEmpty
            && target.Output.IsEmpty;
        if (!isOver || target.Has(ConnectionFlags.IsOutputEnded)) return;
        target.Set(ConnectionFlags.IsOutputEnded);
        if (source.Has(ConnectionFlags.IsOutputEnded))
        {
            EndTunnel(id);
            return;
        }

        target.InFlight++;
        _ring.ShutdownSend(to, TokenOf(Rings.TokenKind.Shutdown, to));
    }

    private void EndTunnel(int id)
    {
        _exchanges[id].Outcome = Outcome.TunnelEnded;
        AbortExchange(id, Outcome.TunnelEnded);
    }
}
