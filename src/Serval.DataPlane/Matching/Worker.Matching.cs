using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Filtering;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Swapping;

namespace Serval.DataPlane.Workers;

// Stage 4, Matching: from a request's head to a rule, and from a rule to a backend.
internal sealed partial class Worker<TRing>
{
    // The head is in _requestHead, its bytes in input; both are valid until the head is consumed.
    private void BeginExchange(int slot, ReadOnlySpan<byte> input)
    {
        ref Connection connection = ref _connections[slot];
        int id = OpenExchange(slot);
        ref Exchange exchange = ref _exchanges[id];
        exchange.Method = _requestHead.MethodKind;
        Counters.Add(Counter.AmbiguousHeadersDropped, _requestHead.AmbiguousDropped);
        ReadFraming(ref exchange);
        BeginAccessRecord(id, slot, input);
        Route(id, ref exchange, ref connection, input);
    }

    private void ReadFraming(ref Exchange exchange)
    {
        RequestHead head = _requestHead;
        if (head.HttpMinor == 0) exchange.Set(ExchangeFlags.IsHttp10);
        if (!head.KeepsAlive) exchange.Set(ExchangeFlags.IsLastOfClient);
        else if (!MustEnd(in _connections[exchange.Downstream]))
            exchange.Set(ExchangeFlags.KeepsDownstream);
        if (head.IsUpgrade) exchange.Set(ExchangeFlags.IsUpgrade);
        if (head.ExpectsContinue) exchange.Set(ExchangeFlags.ExpectsContinue);
        if (head.MethodKind is not (MethodKind.Post or MethodKind.Patch or MethodKind.Other))
            exchange.Set(ExchangeFlags.IsIdempotent);
        exchange.Request = BodyReader.For(head.Body, head.ContentLength);
        exchange.ToUpstream = new BodyWriter { IsChunked = head.Body == BodyKind.Chunked };
        if (!head.HasBody) exchange.Set(ExchangeFlags.IsRequestDone);
    }

    private void Route(int id, ref Exchange exchange, ref Connection connection, ReadOnlySpan<byte> input)
    {
        if (_requestHead.IsForRouter(input))
        {
            FinishHead(ref connection);
            AnswerOrAbort(id, Outcome.Answered);
            return;
        }

        PublishedSnapshot? published = Pins.Current;
        int group = published is null || connection.Origin < 0
            ? -1 : published.GroupOfSocket[connection.Origin];
        if (group < 0)
        {
            // Its listener is going: so is the connection.
            exchange.Unset(ExchangeFlags.KeepsDownstream);
            FinishHead(ref connection);
            AnswerOrAbort(id, Outcome.NoRoute);
            return;
        }

        CompiledSnapshot tables = published!.Tables;
        exchange.Pin = Pins.Pin();
        Span<byte> host = stackalloc byte[HeaderLimits.HostBytesMax];
        host = host[.._requestHead.CopyHostLower(input, host)];
        ListenerHit listener = tables.FindListener(group, host);
        if (listener.Index >= 0 && !TryApplyPolicy(ref exchange, published, listener.Index, input))
        {
            FinishHead(ref connection);
            AnswerOrAbort(id, Outcome.BadRequest);
            return;
        }

        scoped RequestHeaderView headers = new(_requestHead, input);
        RequestTarget target = new()
        {
            Reader = Index + 1,
            Host = host,
            Method = _requestHead.MethodRange.Of(input),
            Path = _requestHead.MatchedPath(input),
            Query = _requestHead.QueryRange.Of(input),
        };
        RouteHit hit = tables.Match(listener, in target, ref headers);
        if (hit.RuleId < 0)
        {
            FinishHead(ref connection);
            AnswerOrAbort(id, Outcome.NoRoute);
            return;
        }

        ref readonly CompiledRule rule = ref tables.Rule(hit.RuleId);
        exchange.RuleId = hit.RuleId;
        exchange.RouteSeries = published.RouteSeries[rule.RouteIndex];
        exchange.BackendTimeoutMs = rule.BackendRequestTimeoutMs;
        if (rule.RequestTimeoutMs != 0 || rule.BackendRequestTimeoutMs != 0)
            exchange.Set(ExchangeFlags.IsRouteTimed);
        if (rule.RequestTimeoutMs > 0) exchange.RequestDeadlineMs = _nowMs + rule.RequestTimeoutMs;
        ChooseBackend(id, ref exchange, ref connection, in rule, hit, input);
    }

    // A path that the listener's policy refuses: the framing is sound, so the connection can go on.
    private bool TryApplyPolicy(
        ref Exchange exchange, PublishedSnapshot published, int listener, ReadOnlySpan<byte> input)
    {
        exchange.ListenerSeries = published.ListenerSeries[listener];
        PathPolicy policy = published.Tables.Source.Listeners[listener].PathPolicy;
        if (policy == PathPolicy.Router) policy = _options.PathPolicy;
        exchange.Rejection = _requestHead.ApplyPathPolicy(input, policy);
        return exchange.Rejection == Rejection.None;
    }

    private void ChooseBackend(
        int id, ref Exchange exchange, ref Connection connection, in CompiledRule rule, RouteHit hit,
        ReadOnlySpan<byte> input)
    {
        PublishedSnapshot published = Pins[exchange.Pin];
        if (rule.Filters.RedirectIndex >= 0)
        {
            AnswerRedirect(id, rule.Filters.RedirectIndex, hit, input);
            return;
        }

        if (rule.WeightTotal <= 0 || !TryDraw(published.Tables.Backends(rule.Backends), rule.WeightTotal,
            out CompiledBackend backend))
        {
            FinishHead(ref connection);
            AnswerOrAbort(id, Outcome.NoBackend);
            return;
        }

        if (backend.Filters.RedirectIndex >= 0)
        {
            AnswerRedirect(id, backend.Filters.RedirectIndex, hit, input);
            return;
        }

        if (IsExhausted)
        {
            Counters.Add(Counter.LimitBuffers);
            FinishHead(ref connection);
            AnswerOrAbort(id, Outcome.Overloaded);
            return;
        }

        exchange.BackendFilters = backend.Filters;
        exchange.Cluster = published.ClusterSlots[backend.ClusterIndex];
        int connectMs = published.ConnectTimeoutsMs[backend.ClusterIndex];
        exchange.ConnectTimeoutMs = connectMs > 0 ? connectMs : _options.Timeouts.ConnectMs;
        if (exchange.Request.Kind == BodyKind.Chunked)
            exchange.RequestTrailers = TrailerFilter.For(
                published.Tables, rule.Filters.RequestEdits, backend.Filters.RequestEdits);
        bool isWritten = TryWriteRequestHead(
            ref exchange, ref connection, in rule, hit, input, out Outcome failure);
        FinishHead(ref connection);
        if (!isWritten)
        {
            AnswerOrAbort(id, failure);
            return;
        }

        if (rule.Filters.ResponseEdits.Count == 0 && backend.Filters.ResponseEdits.Count == 0)
            Unpin(ref exchange);
        SetExchangeDeadline(id);
        Attempt(id);
    }

    // False when the draw falls on a reference that does not resolve.
    private bool TryDraw(ReadOnlySpan<CompiledBackend> backends, int total, out CompiledBackend backend)
    {
        int draw = backends.Length == 1 ? 0 : _random.Below(total);
        int index = 0;
        while (backends[index].CumulativeWeight <= draw) index++;
        backend = backends[index];
        return backend.ClusterIndex >= 0;
    }

    private void FinishHead(ref Connection connection)
    {
        connection.Scanned = 0;
        _segments.Consume(ref connection.Input, _requestHead.Length);
    }

    // A snapshot is held only as long as something of it is needed: mostly until the head is written.
    private void Unpin(ref Exchange exchange)
    {
        if (exchange.Pin < 0) return;
        Pins.Unpin(exchange.Pin);
        exchange.Pin = -1;
    }
}
