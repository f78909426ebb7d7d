using Serval.Config.Compiling;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Filtering;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Exchanges;

// Heads as they leave, written into a buffer of ours: never a byte that was not parsed.
internal sealed partial class ExchangeTable<TRing>
{
    private bool TryWriteRequestHead(
        int id, in CompiledRule rule, RouteHit hit, ReadOnlySpan<byte> input, out Outcome failure)
    {
        ref Exchange exchange = ref _exchanges[id];
        Span<byte> address = stackalloc byte[64];
        ForwardedFacts facts = FactsOf(id, input, address);
        int buffer = -1;
        while (TryLeaseHead(_requestHead.Length, ref buffer, out failure))
        {
            scoped Http1Encoder encoder = new(_buffers.Whole(buffer));
            RequestHeadWriter.Write(
                ref encoder, input, _requestHead, _pins[exchange.Pin].Tables, in rule,
                in exchange.BackendFilters, hit, facts);
            if (encoder.Written < 0) continue;
            exchange.HeadBuffer = buffer;
            exchange.HeadLength = encoder.Written;
            return true;
        }

        return false;
    }

    // A buffer to write a head in, asked for with -1: one for about so many bytes. Asked again because the
    // head did not fit it, gives that one back and leases a whole one. False with the reason when there is
    // none, or none that is larger.
    private bool TryLeaseHead(int length, ref int buffer, out Outcome failure)
    {
        int room = length + Limits.HeadGrowthBytes;
        if (buffer >= 0)
        {
            bool wasSmall = _buffers.IsSmall(buffer);
            _buffers.Release(buffer);
            room = BufferPool.StrideBytes;
            failure = Outcome.HeadTooLarge;
            if (!wasSmall) return false;
        }

        failure = default;
        if (_buffers.TryLeaseFor(room, out buffer)) return true;
        failure = Outcome.Overloaded;
        _counters.Add(Counter.LimitBuffers);
        return false;
    }

    private ForwardedFacts FactsOf(int id, ReadOnlySpan<byte> input, Span<byte> scratch)
    {
        ref readonly Exchange exchange = ref _exchanges[id];
        int client = exchange.Downstream.Transport;
        bool isFromProxy = exchange.Has(ExchangeFlags.IsFromProxy);
        bool? isHttps = isFromProxy ? ProxyClaims.IsHttps(_requestHead.Lines, input) : null;
        return new ForwardedFacts
        {
            PeerAddress = scratch[.._transports.Peer(client).FormatAddress(scratch)],
            IsHttps = isHttps ?? _transports[client].Has(TransportFlags.IsTls),
            IsFromProxy = isFromProxy,
            Security = _security is { HasClientHeaders: true } ? _security : null,
            Client = _security is { HasClientHeaders: true }
                ? _transports.Sessions.ClientOf(client) : default,
            ListenerPort = _acceptor.PortOf(_transports[client].Origin),
            RequestId = IdOf(id),
            TraceIdHigh = exchange.RequestIdHigh,
            TraceIdLow = exchange.RequestIdLow,
        };
    }

    private RequestId IdOf(int id)
    {
        if (!_options.AddsRequestIds) return default;
        ref readonly Exchange exchange = ref _exchanges[id];
        ReadOnlySpan<byte> given = exchange.Has(ExchangeFlags.HasGivenId) ? _givenIds[id].Text : default;
        return new RequestId(exchange.RequestIdHigh, exchange.RequestIdLow, given);
    }

    private static Http1Encoder EncoderFor(in Exchange exchange, Span<byte> output) => new(
        output, exchange.Has(ExchangeFlags.IsHttp10) ? 0 : 1, exchange.Has(ExchangeFlags.KeepsDownstream));

    private bool TryWriteResponseHead(int id, ReadOnlySpan<byte> input, out Outcome failure)
    {
        ref Exchange exchange = ref _exchanges[id];
        int buffer = -1;
        while (TryLeaseHead(_responseHead.Length, ref buffer, out failure))
        {
            int written = WriteResponseHead(id, _buffers.Whole(buffer), input);
            if (written < 0) continue;
            _legs.WriteHead(in exchange.Downstream, buffer, written);
            if (_responseHead.IsInterim) exchange.InterimBytes += written;
            return true;
        }

        return false;
    }

    private int WriteResponseHead(int id, Span<byte> output, ReadOnlySpan<byte> input)
    {
        ref Exchange exchange = ref _exchanges[id];
        Http1Encoder encoder = EncoderFor(in exchange, output);
        if (_responseHead.IsInterim)
        {
            ResponseHeadWriter.WriteInterim(ref encoder, input, _responseHead);
        }
        else if (exchange.Pin < 0)
        {
            // No edits: the tables are not looked at.
            CompiledFilters none = default;
            ResponseHeadWriter.Write(
                ref encoder, input, _responseHead, null!, in none, in none, default, IdOf(id), _clock.Date);
        }
        else
        {
            CompiledSnapshot tables = _pins[exchange.Pin].Tables;
            CompiledFilters filters = tables.Rule(exchange.RuleId).Filters;
            if (exchange.Upstream.Reader.Kind == BodyKind.Chunked)
                exchange.ResponseTrailers = TrailerFilter.For(
                    tables, filters.ResponseEdits, exchange.BackendFilters.ResponseEdits);
            ResponseHeadWriter.Write(
                ref encoder, input, _responseHead, tables, in filters, in exchange.BackendFilters,
                CorsOf(id), IdOf(id), _clock.Date);
        }

        return encoder.Written;
    }

    private void AnswerRedirect(int id, int redirect, RouteHit hit, ReadOnlySpan<byte> input)
    {
        ref Exchange exchange = ref _exchanges[id];
        CompiledSnapshot tables = _pins[exchange.Pin].Tables;
        ref readonly CompiledRedirect target = ref tables.Redirect(redirect);
        exchange.Outcome = Outcome.Redirected;
        exchange.Status = target.Status;
        SettleRest(ref exchange);
        Span<byte> address = stackalloc byte[64];
        ForwardedFacts facts = FactsOf(id, input, address);
        Outcome failure = default;
        int written = -1;
        int buffer = -1;
        while (written < 0 && TryLeaseHead(_requestHead.Length, ref buffer, out failure))
        {
            scoped Http1Encoder encoder = EncoderFor(in exchange, _buffers.Whole(buffer));
            RedirectWriter.Write(
                ref encoder, input, _requestHead, tables, in target, tables.Rule(hit.RuleId).Filters, hit,
                facts, CorsOf(id), _clock.Date);
            written = encoder.Written;
        }

        FinishHead(in exchange);
        if (written < 0)
        {
            AnswerOrAbort(id, failure);
            return;
        }

        _legs.WriteHead(in exchange.Downstream, buffer, written);
        SendAnswer(id);
    }

    private bool TryWriteAnswer(int id, ReadOnlySpan<byte> reason)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (!_buffers.TryLeaseForAnswer(out int buffer))
        {
            _counters.Add(Counter.LimitBuffers);
            return false;
        }

        Http1Encoder encoder = EncoderFor(in exchange, _buffers.Whole(buffer));
        LocalResponse.Write(
            ref encoder, exchange.Status, _options.WritesReasonHeader ? reason : default,
            exchange.Method == MethodKind.Head, CorsOf(id), IdOf(id), _clock.Date);
        Invariant.Check(encoder.Written > 0, "an answer of ours fits a buffer");
        _legs.WriteHead(in exchange.Downstream, buffer, encoder.Written);
        return true;
    }
}
