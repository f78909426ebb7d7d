using System.Buffers;
using System.Buffers.Text;
using Serval.Config.Compiling;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Filtering;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;

namespace Serval.DataPlane.Workers;

// Stage 5, Filtering: heads as they leave, written into a buffer of ours: never a byte that was not parsed.
internal sealed partial class Worker<TRing>
{
    private const int DateBytes = 29;
    private readonly byte[] _date = new byte[DateBytes];
    private long _dateMs = long.MinValue / 2;
    private long _unixSeconds;

    private bool TryWriteRequestHead(
        ref Exchange exchange, ref Connection connection, in CompiledRule rule, RouteHit hit,
        ReadOnlySpan<byte> input, out Outcome failure)
    {
        Span<byte> address = stackalloc byte[64];
        ForwardedFacts facts = FactsOf(exchange.Downstream, ref connection, address);
        int room = _requestHead.Length + Limits.HeadGrowthBytes;
        while (_buffers.TryLeaseFor(room, out int buffer))
        {
            scoped Http1Encoder encoder = new(_buffers.Whole(buffer));
            RequestHeadWriter.Write(
                ref encoder, input, _requestHead, Pins[exchange.Pin].Tables, in rule,
                in exchange.BackendFilters, hit, facts);
            if (encoder.Written >= 0)
            {
                failure = default;
                exchange.HeadBuffer = buffer;
                exchange.HeadLength = encoder.Written;
                return true;
            }

            failure = Outcome.HeadTooLarge;
            if (!TryTakeLarger(buffer, out room)) return false;
        }

        failure = Outcome.Overloaded;
        Counters.Add(Counter.LimitBuffers);
        return false;
    }

    // A head that did not fit a small buffer is written again, into a whole one.
    private bool TryTakeLarger(int buffer, out int room)
    {
        room = BufferPool.StrideBytes;
        bool wasSmall = _buffers.IsSmall(buffer);
        _buffers.Release(buffer);
        return wasSmall;
    }

    private ForwardedFacts FactsOf(int slot, ref Connection connection, Span<byte> scratch) => new()
    {
        PeerAddress = scratch[.._ring.Address(slot).FormatAddress(scratch)],
        IsHttps = false,
        ListenerPort = _sockets[connection.Origin].Port,
        RequestIdHigh = _random.Next(),
        RequestIdLow = _random.Next(),
    };

    private static Http1Encoder EncoderFor(in Exchange exchange, Span<byte> output) => new(
        output, exchange.Has(ExchangeFlags.IsHttp10) ? 0 : 1, exchange.Has(ExchangeFlags.KeepsDownstream));

    private bool TryWriteResponseHead(
        ref Exchange exchange, ref Connection downstream, ReadOnlySpan<byte> input, out Outcome failure)
    {
        int room = _responseHead.Length + Limits.HeadGrowthBytes;
        while (_buffers.TryLeaseFor(room, out int buffer))
        {
            int written = WriteResponseHead(ref exchange, _buffers.Whole(buffer), input);
            if (written >= 0)
            {
                failure = default;
                _segments.Append(ref downstream.Output, buffer, 0, written);
                if (_responseHead.IsInterim) exchange.InterimBytes += written;
                return true;
            }

            failure = Outcome.UpstreamInvalid;
            if (!TryTakeLarger(buffer, out room)) return false;
        }

        failure = Outcome.Overloaded;
        Counters.Add(Counter.LimitBuffers);
        return false;
    }

    private int WriteResponseHead(ref Exchange exchange, Span<byte> output, ReadOnlySpan<byte> input)
    {
        Http1Encoder encoder = EncoderFor(in exchange, output);
        if (_responseHead.IsInterim)
        {
            ResponseHeadWriter.WriteInterim(ref encoder, input, _responseHead);
        }
        else if (exchange.Pin < 0)
        {
            // No edits: the tables are not looked at.
            CompiledFilters none = default;
            ResponseHeadWriter.Write(ref encoder, input, _responseHead, null!, in none, in none, _date);
        }
        else
        {
            CompiledSnapshot tables = Pins[exchange.Pin].Tables;
            CompiledFilters filters = tables.Rule(exchange.RuleId).Filters;
            if (exchange.Response.Kind == BodyKind.Chunked)
                exchange.ResponseTrailers = TrailerFilter.For(
                    tables, filters.ResponseEdits, exchange.BackendFilters.ResponseEdits);
            ResponseHeadWriter.Write(
                ref encoder, input, _responseHead, tables, in filters, in exchange.BackendFilters, _date);
        }

        return encoder.Written;
    }

    private void AnswerRedirect(int id, int redirect, RouteHit hit, ReadOnlySpan<byte> input)
    {
        ref Exchange exchange = ref _exchanges[id];
        ref Connection connection = ref _connections[exchange.Downstream];
        CompiledSnapshot tables = Pins[exchange.Pin].Tables;
        ref readonly CompiledRedirect target = ref tables.Redirect(redirect);
        exchange.Outcome = Outcome.Redirected;
        exchange.Status = target.Status;
        SettleRest(ref exchange);
        Outcome failure = Outcome.Overloaded;
        Span<byte> address = stackalloc byte[64];
        ForwardedFacts facts = FactsOf(exchange.Downstream, ref connection, address);
        int written = -1;
        int room = _requestHead.Length + Limits.HeadGrowthBytes;
        while (written < 0 && _buffers.TryLeaseFor(room, out int buffer))
        {
            scoped Http1Encoder encoder = EncoderFor(in exchange, _buffers.Whole(buffer));
            RedirectWriter.Write(
                ref encoder, input, _requestHead, tables, in target, tables.Rule(hit.RuleId).Filters, hit,
                facts, _date);
            written = encoder.Written;
            if (written > 0)
            {
                _segments.Append(ref connection.Output, buffer, 0, written);
            }
            else if (!TryTakeLarger(buffer, out room))
            {
                failure = Outcome.HeadTooLarge;
                break;
            }
        }

        FinishHead(ref connection);
        if (written < 0) AnswerOrAbort(id, failure);
        else SendAnswer(id);
    }

    private bool TryWriteAnswer(ref Exchange exchange, ref Connection connection, ReadOnlySpan<byte> reason)
    {
        if (!_buffers.TryLeaseForAnswer(out int buffer))
        {
            Counters.Add(Counter.LimitBuffers);
            return false;
        }

        Http1Encoder encoder = EncoderFor(in exchange, _buffers.Whole(buffer));
        LocalResponse.Write(
            ref encoder, exchange.Status, _options.WritesReasonHeader ? reason : default,
            exchange.Method == MethodKind.Head, _date);
        Invariant.Check(encoder.Written > 0, "an answer of ours fits a buffer");
        _segments.Append(ref connection.Output, buffer, 0, encoder.Written);
        return true;
    }

    // The wall clock is read once per second; RFC 9110 §5.6.7: IMF-fixdate.
    private void RefreshDate()
    {
        if (_nowMs - _dateMs < 1_000)
        {
            return;
        }

        _dateMs = _nowMs;
        _unixSeconds = _clock.UnixSeconds;
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(_unixSeconds);
        bool isWritten = Utf8Formatter.TryFormat(now, _date, out int written, new StandardFormat('R'));
        Invariant.Check(isWritten && written == DateBytes, "an IMF-fixdate has 29 bytes");
    }
}
