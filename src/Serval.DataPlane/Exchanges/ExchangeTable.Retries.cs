using Serval.Config.Compiling;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Http;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Exchanges;

// Requests that are sent again because their rule says so: after a while, and only so many at a time, so that
// a failure is not multiplied (decision 57).
internal sealed partial class ExchangeTable<TRing>
{
    private int _repeating;

    // True when the response that was read asks for another attempt, which has then been prepared.
    private bool RetriesResponse(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        bool mayRepeat = exchange.Has(ExchangeFlags.IsIdempotent) && exchange.HeadBuffer >= 0;
        if (!mayRepeat || !_pins[exchange.Pin].Tables.Retry(exchange.Retry).Has(_responseHead.Status))
            return false;
        if (!TryPlanRetry(id, isAnswered: true, out long waitMs)) return false;
        int slot = exchange.Upstream.Transport;
        _pools.NoteResponse(slot);
        (exchange.FailedBefore, exchange.Failed) = (exchange.Failed, exchange.Endpoint);
        exchange.Unset(ExchangeFlags.WasStale);
        if (TryDropResponse(ref _transports[slot])) exchange.Set(ExchangeFlags.KeepsUpstream);
        ReleaseUpstream(id);
        exchange.Unset(ExchangeFlags.KeepsUpstream);
        BackOff(id, waitMs);
        return true;
    }

    // False when the rule allows no further attempt, when its time would come too late, or when too many
    // exchanges that endpoints have seen are being sent again.
    private bool TryPlanRetry(int id, bool isAnswered, out long waitMs)
    {
        ref Exchange exchange = ref _exchanges[id];
        ref readonly CompiledRetry retry = ref _pins[exchange.Pin].Tables.Retry(exchange.Retry);
        waitMs = 0;
        if (exchange.Retries >= retry.Attempts) return false;
        long leastMs = Math.Min(
            (long)retry.BackoffMs << exchange.Retries, Math.Max(retry.BackoffMs, Limits.RetryBackoffMsMax));
        waitMs = leastMs + _random.Bits.Below((int)(leastMs / 2) + 1);
        if (exchange.RequestDeadlineMs > 0 && _clock.NowMs + waitMs >= exchange.RequestDeadlineMs)
            return false;
        if (isAnswered && !exchange.Has(ExchangeFlags.IsRepeating))
        {
            int repeatingMax = Math.Max(
                Limits.RetriesAtOnceMin, _exchanges.Leased * Limits.RetriesAtOncePercent / 100);
            if (_repeating >= repeatingMax)
            {
                _counters.Add(Counter.LimitRetriesAtOnce);
                return false;
            }

            _repeating++;
            exchange.Set(ExchangeFlags.IsRepeating);
        }

        return true;
    }

    // Until its time it has no upstream leg. What happens to its client ends it as ever.
    private void BackOff(int id, long waitMs)
    {
        ref Exchange exchange = ref _exchanges[id];
        exchange.Retries++;
        exchange.Set(ExchangeFlags.IsBackingOff);
        _counters.Add(Counter.Retries);
        _timers.Set(_timers.OfAttempt(id), _clock.NowMs + Math.Max(1, waitMs));
    }

    private void EndBackoff(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        exchange.Unset(ExchangeFlags.IsBackingOff);
        if (!exchange.Has(ExchangeFlags.IsResponseStarted)) Attempt(id);
    }

    private void EndRepeating(ref Exchange exchange)
    {
        if (!exchange.Has(ExchangeFlags.IsRepeating)) return;
        exchange.Unset(ExchangeFlags.IsRepeating);
        _repeating--;
    }

    // Drops a response that has come whole, so that its connection can carry the next request. False when
    // more of it is to come: then closing is cheaper than waiting.
    private bool TryDropResponse(ref Transport transport)
    {
        if (!_responseHead.KeepsAlive) return false;
        long bytes = _responseHead.Length;
        if (_responseHead.Body == BodyKind.Length) bytes += _responseHead.ContentLength;
        else if (_responseHead.Body != BodyKind.None) return false;
        Segment first = _segments.First(ref transport.Input);
        if (transport.Input.Count != 1 || first.Length != bytes) return false;
        _segments.Clear(ref transport.Input);
        transport.Scanned = 0;
        return true;
    }
}
