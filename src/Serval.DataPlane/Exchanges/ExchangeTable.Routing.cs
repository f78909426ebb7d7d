using Serval.Config.Compiling;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Filtering;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Exchanges;

// From the head of a request to a cluster, or to an answer of our own.
internal sealed partial class ExchangeTable<TRing>
{
    // TLS of the listener of the request that is being routed; null without.
    private ListenerSecurity? _security;

    // The head is in _requestHead, its bytes in text; both are valid until the head is consumed.
    private void Begin(int slot, ReadOnlySpan<byte> text)
    {
        int id = Open(slot);
        ref Exchange exchange = ref _exchanges[id];
        exchange.Method = _requestHead.MethodKind;
        _counters.Add(Counter.AmbiguousHeadersDropped, _requestHead.AmbiguousDropped);
        ReadFraming(ref exchange);
        if (!_options.TrustedProxies.IsEmpty) TakeClaims(id, text);
        _recorder.Begin(
            id, in exchange, in _transports.Peer(slot), IdOf(id), _requestHead, text, isWhole: true);
        RecordTls(id, slot);
        Route(id, ref exchange, text);
    }

    // A proxy that is trusted may have named the request already. An id that is too long, or that could mean
    // more than an id to whoever reads it, is not kept.
    private void TakeClaims(int id, ReadOnlySpan<byte> text)
    {
        ref Exchange exchange = ref _exchanges[id];
        if (!_options.TrustedProxies.Contains(in _transports.Peer(exchange.Downstream.Transport))) return;
        exchange.Set(ExchangeFlags.IsFromProxy);
        ReadOnlySpan<byte> given = ProxyClaims.Only(_requestHead.Lines, text, "x-request-id"u8);
        if (!RequestId.IsAcceptable(given)) return;
        _givenIds[id].Set(given);
        exchange.Set(ExchangeFlags.HasGivenId);
    }

    private void ReadFraming(ref Exchange exchange)
    {
        RequestHead head = _requestHead;
        if (head.HttpMinor == 0) exchange.Set(ExchangeFlags.IsHttp10);
        if (!head.KeepsAlive) exchange.Set(ExchangeFlags.IsLastOfClient);
        else if (!MustEnd(in _transports[exchange.Downstream.Transport]))
            exchange.Set(ExchangeFlags.KeepsDownstream);
        if (head.IsUpgrade) exchange.Set(ExchangeFlags.IsUpgrade);
        if (head.ExpectsContinue) exchange.Set(ExchangeFlags.ExpectsContinue);
        if (head.MethodKind is not (MethodKind.Post or MethodKind.Patch or MethodKind.Other))
            exchange.Set(ExchangeFlags.IsIdempotent);
        exchange.Downstream.Reader = BodyReader.For(head.Body, head.ContentLength);
        if (!head.HasBody) exchange.Set(ExchangeFlags.IsRequestDone);
    }

    private void Route(int id, ref Exchange exchange, ReadOnlySpan<byte> text)
    {
        if (_requestHead.IsForRouter(text))
        {
            FinishHead(in exchange);
            AnswerOrAbort(id, Outcome.Answered);
            return;
        }

        int socket = _transports[exchange.Downstream.Transport].Origin;
        PublishedSnapshot? published = _pins.Current;
        int group = published is null || socket < 0 ? -1 : published.GroupOfSocket[socket];
        if (group < 0)
        {
            // Its listener is going: so is the connection.
            exchange.Unset(ExchangeFlags.KeepsDownstream);
            FinishHead(in exchange);
            AnswerOrAbort(id, Outcome.NoRoute);
            return;
        }

        exchange.Pin = _pins.Pin();
        Span<byte> host = stackalloc byte[HeaderLimits.HostBytesMax];
        host = host[.._requestHead.CopyHostLower(text, host)];
        ListenerHit listener = published!.Tables.FindListener(group, host);
        _security = null;
        Outcome refusal = Outcome.Completed;
        if (listener.Index >= 0)
            refusal = Enter(ref exchange, published, listener.Index, text);
        if (refusal != Outcome.Completed)
        {
            FinishHead(in exchange);
            AnswerOrAbort(id, refusal);
            return;
        }

        RouteHit hit = _matcher.Match(
            published, listener, host, _requestHead, text, _requestHead.MethodRange.Of(text));
        if (exchange.Method == MethodKind.Options)
            hit = MatchPreflight(published, listener, host, text, hit);
        if (_recorder.IsLogging) RecordMatch(id, published, listener, hit);
        if (hit.RuleId < 0)
        {
            FinishHead(in exchange);
            AnswerOrAbort(id, Outcome.NoRoute);
            return;
        }

        ref readonly CompiledRule rule = ref published.Tables.Rule(hit.RuleId);
        exchange.RuleId = hit.RuleId;
        exchange.Retry = rule.RetryIndex;
        exchange.RouteSeries = published.RouteSeries[rule.RouteIndex];
        exchange.BackendTimeoutMs = rule.BackendRequestTimeoutMs;
        if (rule.RequestTimeoutMs != 0 || rule.BackendRequestTimeoutMs != 0)
            exchange.Set(ExchangeFlags.IsRouteTimed);
        if (rule.RequestTimeoutMs > 0) exchange.RequestDeadlineMs = _clock.NowMs + rule.RequestTimeoutMs;
        ChooseBackend(id, ref exchange, in rule, hit, text);
    }

    // What the listener has to say to a request; Completed for nothing.
    private Outcome Enter(
        ref Exchange exchange, PublishedSnapshot published, int listener, ReadOnlySpan<byte> text)
    {
        if (IsMisdirected(in exchange, published, listener))
        {
            if (!_transports[exchange.Downstream.Transport].Has(TransportFlags.IsTls))
                exchange.Unset(ExchangeFlags.KeepsDownstream);
            return Outcome.Misdirected;
        }

        _security = published.HasTls ? published.Securities[listener] : null;
        if (_security is { HasClientHeaders: true } security) security.DropClaims(_requestHead, text);
        exchange.ListenerSeries = published.ListenerSeries[listener];
        exchange.Rejection = _matcher.ApplyPolicy(published, listener, _requestHead, text);
        // A path that the listener's policy refuses: the framing is sound, so the connection goes on.
        return exchange.Rejection == Rejection.None ? Outcome.Completed : Outcome.BadRequest;
    }

    private void RecordMatch(int id, PublishedSnapshot published, ListenerHit listener, RouteHit hit)
    {
        if (listener.Index < 0) return;
        string name = published.ListenerNames[listener.Index];
        if (hit.RuleId < 0)
        {
            _recorder.Match(id, name, route: null, rule: 0);
            return;
        }

        ref readonly CompiledRule rule = ref published.Tables.Rule(hit.RuleId);
        _recorder.Match(id, name, published.Tables.Route(rule.RouteIndex)?.Name, rule.RuleIndex);
    }

    private void ChooseBackend(
        int id, ref Exchange exchange, in CompiledRule rule, RouteHit hit, ReadOnlySpan<byte> text)
    {
        PublishedSnapshot published = _pins[exchange.Pin];
        if (rule.Filters.CorsIndex >= 0 && AnswersPreflight(id, rule.Filters.CorsIndex, text)) return;
        if (rule.Filters.RedirectIndex >= 0)
        {
            AnswerRedirect(id, rule.Filters.RedirectIndex, hit, text);
            return;
        }

        if (!_matcher.TryDraw(published, in rule, out CompiledBackend backend))
        {
            FinishHead(in exchange);
            AnswerOrAbort(id, Outcome.NoBackend);
            return;
        }

        if (backend.Filters.RedirectIndex >= 0)
        {
            AnswerRedirect(id, backend.Filters.RedirectIndex, hit, text);
            return;
        }

        if (IsExhausted)
        {
            _counters.Add(Counter.LimitBuffers);
            FinishHead(in exchange);
            AnswerOrAbort(id, Outcome.Overloaded);
            return;
        }

        exchange.BackendFilters = backend.Filters;
        EnterCluster(ref exchange, published.ClusterSlots[backend.ClusterIndex]);
        int connectMs = published.ConnectTimeoutsMs[backend.ClusterIndex];
        exchange.ConnectTimeoutMs = connectMs > 0 ? connectMs : _options.Timeouts.ConnectMs;
        if (exchange.Downstream.Reader.Kind == BodyKind.Chunked)
        {
            exchange.RequestTrailers = TrailerFilter.For(
                published.Tables, rule.Filters.RequestEdits, backend.Filters.RequestEdits);
            _security?.DropClaims(ref exchange.RequestTrailers);
        }

        bool isWritten = TryWriteRequestHead(id, in rule, hit, text, out Outcome failure);
        if (isWritten && rule.Mirrors.Count > 0) BeginMirrors(id, in rule, in backend, hit, text);
        FinishHead(in exchange);
        if (!isWritten)
        {
            AnswerOrAbort(id, failure);
            return;
        }

        if (rule.Filters.ResponseEdits.Count == 0 && backend.Filters.ResponseEdits.Count == 0
            && exchange.Cors < 0 && exchange.Retry < 0)
            Unpin(ref exchange);
        SetExchangeDeadline(id);
        Attempt(id);
    }

    // From here on the exchange counts for the cluster, until it ends.
    private void EnterCluster(ref Exchange exchange, int cluster)
    {
        exchange.Cluster = cluster;
        exchange.ClusterSeries = _pools.SeriesOf(cluster);
        _counters.Clusters.Enter(exchange.ClusterSeries);
    }

    // RFC 9110 §15.5.20: the connection was made for another listener, whose certificate or policy about
    // clients may differ; or it is in clear text and its port meanwhile speaks TLS.
    private bool IsMisdirected(in Exchange exchange, PublishedSnapshot published, int listener)
    {
        int slot = exchange.Downstream.Transport;
        return _transports[slot].Has(TransportFlags.IsTls)
            ? _transports.Sessions[slot].Listener != published.ListenerIds[listener]
            : published.HasTls && published.Securities[listener] is not null;
    }

    private void FinishHead(in Exchange exchange)
    {
        ref Transport transport = ref _transports[exchange.Downstream.Transport];
        transport.Scanned = 0;
        _segments.Consume(ref transport.Input, _requestHead.Length);
    }
}
