using Serval.Config.Compiling;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Exchanges;

// Bytes both ways that nobody reads.
internal sealed partial class ExchangeTable<TRing>
{
    /// <summary>
    /// Where the bytes of a client go that asked a listener of TLS for a server name; false when no route or
    /// no backend is for it.
    /// </summary>
    public bool TryRoute(
        PublishedSnapshot published, ListenerHit listener, ReadOnlySpan<byte> serverName, out Splicing way)
    {
        way = Splicing.None;
        TlsRouteHit hit = published.Tables.FindTlsRoute(listener, serverName);
        if (hit.RuleId < 0) return false;
        ref readonly CompiledRule rule = ref published.Tables.Rule(hit.RuleId);
        if (!_matcher.TryDraw(published, in rule, out CompiledBackend backend)) return false;
        int connectMs = published.ConnectTimeoutsMs[backend.ClusterIndex];
        way = new Splicing(
            published.ClusterSlots[backend.ClusterIndex],
            connectMs > 0 ? connectMs : _options.Timeouts.ConnectMs,
            published.ListenerSeries[listener.Index]);
        return true;
    }

    /// <summary>
    /// Begins an exchange without HTTP: bytes both ways between a client whose head was awaited and an
    /// endpoint of a cluster. What the client has sent already goes first. Where no endpoint can be had, the
    /// client is cut off, because there is no answer that it would understand.
    /// </summary>
    /// <param name="slot">The client's transport.</param>
    /// <param name="way">Where its bytes go.</param>
    /// <param name="serverName">The name that was asked for, where TLS does not end here.</param>
    public void Splice(int slot, in Splicing way, ReadOnlySpan<byte> serverName = default)
    {
        _transports.LeaveIdle(slot);
        int id = Open(slot);
        ref Exchange exchange = ref _exchanges[id];
        exchange.Downstream.Kind = LegKind.Splice;
        EnterCluster(ref exchange, way.Cluster);
        exchange.ConnectTimeoutMs = way.ConnectTimeoutMs;
        exchange.ListenerSeries = way.ListenerSeries;
        // There is no request to wait for, and nothing that an end of the client's half would cut.
        exchange.Set(ExchangeFlags.IsRequestDone | ExchangeFlags.IsLastOfClient);
        _recorder.Begin(
            id, in exchange, in _transports.Peer(slot), IdOf(id), _requestHead, default, isWhole: false);
        if (serverName.IsEmpty) RecordTls(id, slot);
        else _recorder.Secure(id, new TlsFacts { ServerName = serverName });
        SetExchangeDeadline(id);
        Attempt(id);
    }

    // What is known of TLS with the client.
    private void RecordTls(int id, int slot)
    {
        if (_recorder.IsBegun(id) && _transports[slot].Has(TransportFlags.IsTls))
            _recorder.Secure(id, _transports.Sessions.FactsOf(slot));
    }

    // The endpoint of a splice from the start can be reached.
    private void StartSplice(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        int client = exchange.Downstream.Transport;
        _transports.BeginProgress(exchange.Upstream.Transport);
        _pools.NoteResponse(exchange.Upstream.Transport);
        PumpSplice(id, isUp: true);
        if (_transports[client].Owner == TransportOwner.Exchange) _transports.Arm(client);
    }

    // From here on bytes are not ours to read (RFC 9110 §7.8). What the client sent before this was held.
    // Only once the head is queued: an upgrade that fails before is an exchange like any other.
    private void BeginSplice(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        // The exchange's own timer looks at both ends of a splice.
        _timers.Clear(_timers.OfAttempt(id));
        exchange.Downstream.Kind = LegKind.Splice;
        exchange.Upstream.Kind = LegKind.Splice;
        exchange.RequestDeadlineMs = 0;
        exchange.AttemptDeadlineMs = 0;
    }

    // One direction; a half that ends is ended on the other side once all is sent.
    private void PumpSplice(int id, bool isUp)
    {
        ref Exchange exchange = ref _exchanges[id];
        ref Leg from = ref isUp ? ref exchange.Downstream : ref exchange.Upstream;
        ref Leg to = ref isUp ? ref exchange.Upstream : ref exchange.Downstream;
        if (_legs.IsBroken(in from) || _legs.IsBroken(in to))
        {
            Abort(id, Outcome.TunnelEnded);
            return;
        }

        ref SegmentQueue input = ref _legs.Input(in from);
        if (!input.IsEmpty) _legs.Splice(in from, in to);
        _legs.Send(in to);
        bool isOver = _legs.IsEnded(in from) && input.IsEmpty && _legs.IsDrained(in to);
        if (!isOver || _legs.IsOutputEnded(in to)) return;
        if (_legs.IsOutputEnded(in from)) Abort(id, Outcome.TunnelEnded);
        else _legs.EndOutput(in to);
    }
}
