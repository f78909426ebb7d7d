using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Pools;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Exchanges;

// Attempts: an endpoint for each, and a connection to it, from its pool or a new one.
internal sealed partial class ExchangeTable<TRing>
{
    /// <summary>The connection of an attempt stands, or failed.</summary>
    public void OnConnect(int slot, int result)
    {
        if (result < 0)
        {
            FailConnect(slot, -result);
            return;
        }

        ref Transport transport = ref _transports[slot];
        transport.State = TransportState.Open;
        _transports.Arm(slot);
        Start(transport.Key);
    }

    /// <summary>TLS on the connection of an attempt failed: nothing was sent on it.</summary>
    public void OnInsecure(int slot, Outcome outcome) => FailAttempt(_transports[slot].Key, outcome);

    private void Attempt(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (_pools.EndpointCount(exchange.Cluster) == 0)
        {
            AnswerOrAbort(id, Outcome.NoEndpoint);
            return;
        }

        EndpointWish wish = new(
            exchange.Failed, exchange.FailedBefore, exchange.Has(ExchangeFlags.WasStale),
            exchange.Has(ExchangeFlags.IsIdempotent) && exchange.Has(ExchangeFlags.IsRequestDone),
            exchange.ConnectTimeoutMs);
        int endpoint = _pools.Choose(exchange.Cluster, in wish);
        if (endpoint == EndpointChoice.None)
        {
            _counters.Add(Counter.LimitInFlightPerEndpoint);
            AnswerOrAbort(id, Outcome.Overloaded);
            return;
        }

        exchange.Endpoint = endpoint;
        exchange.Attempts++;
        exchange.Set(ExchangeFlags.IsAtEndpoint);
        _pools.Enter(endpoint);
        if (MayReuse(in exchange) && _pools.TryTake(endpoint, out int idle))
        {
            Attach(id, idle);
            Start(id);
            return;
        }

        if (_transports.Available < Math.Min(Limits.ConnectionSlotsLow, _transports.Capacity / 16))
            _evictor.Evict(1);
        if (!_pools.TryDial(exchange.Cluster, endpoint, exchange.ConnectTimeoutMs, out int slot))
        {
            _counters.Add(Counter.LimitConnectionSlots);
            AnswerOrAbort(id, Outcome.Overloaded);
            return;
        }

        Attach(id, slot);
    }

    private void Attach(int id, int slot)
    {
        ref Exchange exchange = ref _exchanges[id];
        exchange.Upstream = new Leg { Kind = exchange.Downstream.Kind, Transport = slot };
        ref Transport transport = ref _transports[slot];
        transport.Owner = TransportOwner.Exchange;
        transport.Key = id;
        _transports.Pair(exchange.Downstream.Transport, slot);
    }

    private void Start(int id)
    {
        if (_exchanges[id].Upstream.Kind == LegKind.Splice) StartSplice(id);
        else SendRequest(id);
    }

    private void SendRequest(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        int slot = exchange.Upstream.Transport;
        _transports.BeginProgress(slot);
        _transports[slot].Scanned = 0;
        exchange.AttemptMicroseconds = _clock.NowMicroseconds;
        exchange.AttemptDeadlineMs =
            exchange.BackendTimeoutMs > 0 ? _clock.NowMs + exchange.BackendTimeoutMs : 0;
        SetAttemptDeadline(id);
        exchange.Upstream.Writer = new BodyWriter
        {
            IsChunked = exchange.Downstream.Reader.Kind == BodyKind.Chunked,
        };
        _buffers.AddReference(exchange.HeadBuffer);
        _legs.WriteHead(in exchange.Upstream, exchange.HeadBuffer, exchange.HeadLength);
        if (!MayRepeat(in exchange)) ReleaseHead(ref exchange);
        if (exchange.Has(ExchangeFlags.IsRequestDone))
        {
            _legs.Send(in exchange.Upstream);
            return;
        }

        int downstream = exchange.Downstream.Transport;
        PumpRequest(id);
        if (_transports[downstream].Owner == TransportOwner.Exchange) _transports.Arm(downstream);
    }

    // Where one kept connection had ended, the others may have too; and the last attempt takes no risk.
    private static bool MayReuse(ref readonly Exchange exchange) =>
        exchange.Downstream.Kind == LegKind.Http1
        && exchange.Attempts - exchange.Retries < Limits.AttemptsMax
        && !(exchange.Has(ExchangeFlags.WasStale) && exchange.Endpoint == exchange.Failed);

    private void FailConnect(int slot, int errno)
    {
        _pools.CountConnectFailure(slot, errno);
        FailAttempt(_transports[slot].Key,
            errno == Errno.Timedout ? Outcome.ConnectTimedOut : Outcome.ConnectFailed, errno);
    }

    // Another attempt where it is safe: nothing was sent, or what was sent may be sent again (RFC 9110
    // §9.2.2): to the same endpoint only if it had closed a kept connection, as it may at any time.
    private void FailAttempt(int id, Outcome outcome, int errno = 0)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (errno != 0) exchange.Errno = errno;
        bool isConnecting = outcome is Outcome.ConnectFailed or Outcome.ConnectTimedOut
            or Outcome.UpstreamTlsFailed or Outcome.UpstreamUntrusted;
        bool isLost = outcome == Outcome.UpstreamClosed
            || (outcome == Outcome.UpstreamTimedOut && exchange.Retry >= 0);
        bool mayRepeat = isConnecting || (isLost && MayRepeat(in exchange));
        bool isStale = exchange.Upstream.IsAttached
            && _pools.NoteFailure(exchange.Upstream.Transport, outcome, errno);
        Detach(id);
        (exchange.FailedBefore, exchange.Failed) = (exchange.Failed, exchange.Endpoint);
        exchange.Unset(ExchangeFlags.WasStale);
        if (isStale) exchange.Set(ExchangeFlags.WasStale);
        bool hasOther = _pools.EndpointCount(exchange.Cluster) > 1;
        // The head goes as soon as anything of a body is taken. A splice has none: it is whole as long as
        // nothing was sent.
        bool isWhole = exchange.HeadBuffer >= 0
            || (isConnecting && exchange.Downstream.Kind == LegKind.Splice);
        mayRepeat &= isWhole && !exchange.Has(ExchangeFlags.IsResponseStarted);
        if (mayRepeat && !isStale && exchange.Retry >= 0)
        {
            if (TryPlanRetry(id, isAnswered: !isConnecting, out long waitMs))
            {
                BackOff(id, waitMs);
                return;
            }
        }
        else if (mayRepeat && (hasOther || isStale)
            && exchange.Attempts - exchange.Retries < Limits.AttemptsMax)
        {
            _counters.Add(Counter.Retries);
            Attempt(id);
            return;
        }

        AnswerOrAbort(id, outcome);
    }

    // True while a request that was sent may be sent again: the method allows it (RFC 9110 §9.2.2), and an
    // idle connection may have died on its way or another endpoint may do better. Only then its head is kept.
    private bool MayRepeat(in Exchange exchange) =>
        exchange.Upstream.IsAttached && exchange.Has(ExchangeFlags.IsIdempotent)
        && (_pools.IsReused(exchange.Upstream.Transport) || _pools.EndpointCount(exchange.Cluster) > 1
            || exchange.Retry >= 0);

    // Ends the exchange's use of its upstream connection by closing it.
    private void Detach(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        LeaveEndpoint(ref exchange);
        int slot = exchange.Upstream.Transport;
        exchange.Upstream = Leg.None;
        if (slot < 0) return;
        _timers.Clear(_timers.OfAttempt(id));
        _transports.Part(slot);
        _transports[slot].Key = -1;
        _pools.Close(slot);
    }

    private void LeaveEndpoint(ref Exchange exchange)
    {
        if (!exchange.Has(ExchangeFlags.IsAtEndpoint)) return;
        exchange.Unset(ExchangeFlags.IsAtEndpoint);
        _pools.Leave(exchange.Endpoint);
    }
}
