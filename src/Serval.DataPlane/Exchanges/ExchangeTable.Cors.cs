using Serval.Config.Compiling;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Filtering;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Swapping;

namespace Serval.DataPlane.Exchanges;

// CORS: preflights that Serval answers itself, and what responses need of their request.
internal sealed partial class ExchangeTable<TRing>
{
    // The rule of the request that a preflight asks for, if that one has a policy: a rule for GET alone would
    // never see its own preflights (decision 56).
    private RouteHit MatchPreflight(
        PublishedSnapshot published, ListenerHit listener, ReadOnlySpan<byte> host, ReadOnlySpan<byte> text,
        RouteHit hit)
    {
        CompiledSnapshot tables = published.Tables;
        if (hit.RuleId >= 0 && tables.Rule(hit.RuleId).Filters.CorsIndex >= 0) return hit;
        CorsRequest request = new(_requestHead, text);
        if (!request.IsPreflight) return hit;
        RouteHit wanted = _matcher.Match(published, listener, host, _requestHead, text, request.Method);
        return wanted.RuleId >= 0 && tables.Rule(wanted.RuleId).Filters.CorsIndex >= 0 ? wanted : hit;
    }

    // True when the request is a preflight, which is then answered. Otherwise its origin is kept.
    private bool AnswersPreflight(int id, int index, ReadOnlySpan<byte> text)
    {
        ref Exchange exchange = ref _exchanges[id];
        CompiledSnapshot tables = _pins[exchange.Pin].Tables;
        CorsRequest request = new(_requestHead, text);
        bool isAllowed = CorsLines.Allows(tables, in tables.Cors(index), request.Origin);
        exchange.Cors = index;
        _origins[id].Set(isAllowed ? request.Origin : default);
        if (!request.IsPreflight) return false;
        if (!isAllowed)
        {
            FinishHead(in exchange);
            AnswerOrAbort(id, Outcome.OriginRefused);
            return true;
        }

        bool isWritten = TryWritePreflight(id, in request, out Outcome failure);
        FinishHead(in exchange);
        if (isWritten) SendAnswer(id);
        else AnswerOrAbort(id, failure);
        return true;
    }

    private bool TryWritePreflight(int id, in CorsRequest request, out Outcome failure)
    {
        ref Exchange exchange = ref _exchanges[id];
        exchange.Outcome = Outcome.Preflight;
        exchange.Status = 204;
        SettleRest(ref exchange);
        int buffer = -1;
        while (TryLeaseHead(_requestHead.Length, ref buffer, out failure))
        {
            scoped Http1Encoder encoder = EncoderFor(in exchange, _buffers.Whole(buffer));
            PreflightWriter.Write(ref encoder, CorsOf(id), in request, IdOf(id), _clock.Date);
            if (encoder.Written < 0) continue;
            _legs.WriteHead(in exchange.Downstream, buffer, encoder.Written);
            return true;
        }

        return false;
    }

    // The CORS headers of the response; none once the snapshot is not pinned any more.
    private CorsLines CorsOf(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        return exchange.Pin < 0 || exchange.Cors < 0
            ? default
            : new CorsLines(_pins[exchange.Pin].Tables, exchange.Cors, _origins[id].Text);
    }
}
