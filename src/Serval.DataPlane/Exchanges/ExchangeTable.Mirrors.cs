using Serval.Config.Compiling;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Mirroring;
using Serval.DataPlane.Swapping;

namespace Serval.DataPlane.Exchanges;

// Copies of requests for other clusters: begun here, and given what the request's body brings. The exchange
// never waits for them (decision 58).
internal sealed partial class ExchangeTable<TRing>
{
    private static readonly CompiledFilters NoFilters = new()
    {
        RequestEdits = default,
        ResponseEdits = default,
        RedirectIndex = -1,
        RewriteIndex = -1,
        CorsIndex = -1,
    };

    private readonly MirrorTable<TRing> _mirrors;

    /// <summary>Copies of requests, for the worker's dispatch.</summary>
    public MirrorTable<TRing> Mirrors => _mirrors;

    // Before the head of the request leaves its buffer. An upgrade is not copied: two servers cannot speak
    // with one client.
    private void BeginMirrors(
        int id, in CompiledRule rule, in CompiledBackend backend, RouteHit hit, ReadOnlySpan<byte> text)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (exchange.Has(ExchangeFlags.IsUpgrade)) return;
        PublishedSnapshot published = _pins[exchange.Pin];
        int buffer = -1;
        int length = 0;
        foreach (ref readonly CompiledMirror mirror in published.Tables.Mirrors(rule.Mirrors))
        {
            bool isDrawn = mirror.Numerator == mirror.Denominator
                || _random.Bits.Below(mirror.Denominator) < mirror.Numerator;
            if (!isDrawn) continue;
            bool hasHead = buffer >= 0
                || TryTakeMirrorHead(id, in rule, in backend, hit, text, out buffer, out length);
            if (!hasHead)
            {
                _counters.Add(Counter.MirrorsFailed);
                continue;
            }

            int connectMs = published.ConnectTimeoutsMs[mirror.ClusterIndex];
            _mirrors.Begin(
                id, published.ClusterSlots[mirror.ClusterIndex],
                connectMs > 0 ? connectMs : _options.Timeouts.ConnectMs, buffer, length, exchange.Method,
                exchange.Has(ExchangeFlags.IsRequestDone));
        }

        if (buffer >= 0) _buffers.Release(buffer);
        if (!exchange.Has(ExchangeFlags.IsRequestDone)) exchange.Set(ExchangeFlags.IsMirrored);
    }

    // The head as the rule leaves it, with a reference for the caller: the same as the exchange's own unless
    // its backend has filters.
    private bool TryTakeMirrorHead(
        int id, in CompiledRule rule, in CompiledBackend backend, RouteHit hit, ReadOnlySpan<byte> text,
        out int buffer, out int length)
    {
        ref Exchange exchange = ref _exchanges[id];
        (buffer, length) = (exchange.HeadBuffer, exchange.HeadLength);
        if (backend.Filters.RequestEdits.Count == 0 && backend.Filters.RewriteIndex < 0)
        {
            _buffers.AddReference(buffer);
            return true;
        }

        (int ownBuffer, int ownLength) = (buffer, length);
        exchange.BackendFilters = NoFilters;
        bool isWritten = TryWriteRequestHead(id, in rule, hit, text, out _);
        (buffer, length) = isWritten ? (exchange.HeadBuffer, exchange.HeadLength) : (-1, 0);
        (exchange.HeadBuffer, exchange.HeadLength) = (ownBuffer, ownLength);
        exchange.BackendFilters = backend.Filters;
        return isWritten;
    }

    // What a move has queued of the body goes to the copies too.
    private void CopyToMirrors(int id, long queuedBefore, bool isWhole)
    {
        ref Exchange exchange = ref _exchanges[id];
        _mirrors.Copy(id, ref _legs.Output(in exchange.Upstream), queuedBefore);
        if (!isWhole) return;
        _mirrors.Finish(id);
        exchange.Unset(ExchangeFlags.IsMirrored);
    }
}
