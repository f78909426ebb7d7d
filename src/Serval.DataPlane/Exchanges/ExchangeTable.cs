using Serval.DataPlane.Accepting;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Matching;
using Serval.DataPlane.Mirroring;
using Serval.DataPlane.Pools;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Exchanges;

/// <summary>
/// Exchanges from the head of a request, or the first byte of a splice, to the one record that is left of
/// them. The table decides what happens; its legs know how. What comes in is in ExchangeTable.Requests.cs,
/// what goes back in .Responses.cs, which way it goes in .Routing.cs and .Attempts.cs, what runs out in
/// .Deadlines.cs.
/// Owner: one worker. Thread: the worker's. Bound: <see cref="Limits.Exchanges"/>, as many as transports.
/// </summary>
internal sealed partial class ExchangeTable<TRing> : IDisposable
    where TRing : struct, IRing
{
    private readonly WorkerOptions _options;
    private readonly TransportTable<TRing> _transports;
    private readonly UpstreamPools<TRing> _pools;
    private readonly Evictor<TRing> _evictor;
    private readonly Acceptor<TRing> _acceptor;
    private readonly SnapshotPins _pins;
    private readonly TimerWheel _timers;
    private readonly TurnClock _clock;
    private readonly WorkerCounters _counters;
    private readonly RandomSource _random;
    private readonly BufferPool _buffers;
    private readonly SegmentPool _segments;
    private readonly Legs<TRing> _legs;
    private readonly Recorder _recorder;
    private readonly Matcher _matcher;
    private readonly Slab<Exchange> _exchanges;
    private readonly Slab<AllowedOrigin> _origins;
    private readonly Slab<GivenRequestId> _givenIds;
    private readonly RequestHead _requestHead;
    private readonly ResponseHead _responseHead;
    private bool _isDraining;

    public ExchangeTable(
        WorkerOptions options, TransportTable<TRing> transports, UpstreamPools<TRing> pools,
        Evictor<TRing> evictor, Acceptor<TRing> acceptor, SnapshotPins pins, TimerWheel timers,
        TurnClock clock, WorkerCounters counters, RandomSource random)
    {
        _options = options;
        _transports = transports;
        _pools = pools;
        _evictor = evictor;
        _acceptor = acceptor;
        _pins = pins;
        _timers = timers;
        _clock = clock;
        _counters = counters;
        _random = random;
        _buffers = transports.Buffers;
        _segments = transports.Segments;
        _legs = new Legs<TRing>(transports);
        _exchanges = new Slab<Exchange>(transports.Capacity);
        _origins = new Slab<AllowedOrigin>(transports.Capacity);
        _givenIds = new Slab<GivenRequestId>(transports.Capacity);
        _mirrors = new MirrorTable<TRing>(
            transports, pools, timers, clock, counters, options.Timeouts.StreamIdleMs);
        _recorder = new Recorder(options.AccessLog, transports.Capacity, counters, random, clock);
        _matcher = new Matcher(options.Index + 1, options.PathPolicy, random);
        HeaderLimits limits = new(Limits.HeadBytesMax, Limits.HeaderCountMax, Limits.TargetBytesMax);
        _requestHead = new RequestHead(limits, options.Requests);
        _responseHead = new ResponseHead(limits);
    }

    /// <summary>How many exchanges are in progress.</summary>
    public int Count => _exchanges.Leased;

    /// <summary>Whether there is an access log.</summary>
    public bool IsLogging => _recorder.IsLogging;

    /// <summary>Takes what a leg's transport, or a client whose head is awaited, has received.</summary>
    public void OnInput(int slot, int bytes)
    {
        ref Transport transport = ref _transports[slot];
        if (transport.Has(TransportFlags.IsUpstream))
        {
            _counters.Add(Counter.BytesReceivedUpstream, bytes);
            PumpUpstream(transport.Key);
            return;
        }

        _counters.Add(Counter.BytesReceivedDownstream, bytes);
        if (transport.Owner == TransportOwner.Exchange)
        {
            _exchanges[transport.Key].BytesIn += bytes;
            PumpRequest(transport.Key);
            return;
        }

        _transports.LeaveIdle(slot);
        PumpHeads(slot);
    }

    /// <summary>Takes note of what a transport's send has taken; negative when it has failed.</summary>
    public void OnSent(int slot, int result)
    {
        ref Transport transport = ref _transports[slot];
        bool isUpstream = transport.Has(TransportFlags.IsUpstream);
        if (transport.Owner == TransportOwner.Exchange)
        {
            if (!isUpstream && result > 0)
                _exchanges[transport.Key].BytesOut += _transports.TakeSentBytes(slot, result);
            if (_transports.HasRoom(slot) && transport.Opposite >= 0)
            {
                Resume(transport.Opposite);
                if (transport.State == TransportState.Closing) return;
            }
        }

        if (isUpstream) OnUpstreamSent(slot);
        else OnDownstreamSent(slot);
    }

    /// <summary>A client is gone whose transport was watched while nothing was received.</summary>
    public void OnGone(int slot) => Abort(_transports[slot].Key, Outcome.DownstreamAborted);

    /// <summary>Accounts for what is still in progress when the worker stops: it is cut off.</summary>
    public void EndAll()
    {
        for (int slot = 0; slot < _transports.Capacity; slot++)
        {
            ref Transport transport = ref _transports[slot];
            if (transport.Owner == TransportOwner.Exchange && transport.State == TransportState.Open
                && !transport.Has(TransportFlags.IsUpstream))
                Abort(transport.Key, Outcome.Drained);
        }
    }

    /// <summary>Connections end behind the answers that are due.</summary>
    public void Drain() => _isDraining = true;

    /// <summary>
    /// The clients of a listener that is gone: idle ones end at once, others behind the answer that is due.
    /// </summary>
    public void DismissClients(int socket)
    {
        for (int slot = 0; slot < _transports.Capacity; slot++)
        {
            ref Transport transport = ref _transports[slot];
            bool isClient = transport.State is TransportState.Open or TransportState.Lingering
                && !transport.Has(TransportFlags.IsUpstream) && transport.Origin == socket;
            if (!isClient) continue;
            bool isIdle = transport.Owner is TransportOwner.Opening or TransportOwner.Handshake
                || (transport.Owner == TransportOwner.Heads && transport.Input.IsEmpty);
            if (isIdle)
            {
                _transports.CloseWhole(slot);
                continue;
            }

            _transports.Dismiss(slot);
            if (transport.Owner == TransportOwner.Exchange)
                _exchanges[transport.Key].Unset(ExchangeFlags.KeepsDownstream);
        }
    }

    public void Dispose()
    {
        _exchanges.Dispose();
        _origins.Dispose();
        _givenIds.Dispose();
        _mirrors.Dispose();
        _recorder.Dispose();
    }

    private int Open(int slot)
    {
        bool isLeased = _exchanges.TryLease(out int id);
        Invariant.Check(isLeased, "there are as many exchanges as connections");
        ref Exchange exchange = ref _exchanges[id];
        // In place: an object initializer would make a copy of these hundreds of bytes.
        exchange = default;
        exchange.Downstream.Kind = LegKind.Http1;
        exchange.Downstream.Transport = slot;
        exchange.Upstream.Transport = -1;
        exchange.Pin = -1;
        exchange.RuleId = -1;
        exchange.Cors = -1;
        exchange.Retry = -1;
        exchange.Cluster = -1;
        exchange.Endpoint = -1;
        exchange.Failed = -1;
        exchange.FailedBefore = -1;
        exchange.HeadBuffer = -1;
        exchange.ListenerSeries = WorkerCounters.UnmatchedListener;
        exchange.RouteSeries = -1;
        exchange.ClusterSeries = -1;
        exchange.StartMicroseconds = _clock.NowMicroseconds;
        exchange.RequestIdHigh = _random.Bits.Next();
        exchange.RequestIdLow = _random.Bits.Next();
        if (_recorder.IsLogging) exchange.BytesIn = _transports.InputBytes(slot);
        ref Transport transport = ref _transports[slot];
        transport.Owner = TransportOwner.Exchange;
        transport.Key = id;
        // Its timer, from when a head was awaited, may still run out: it says nothing any more.
        _transports.BeginProgress(slot);
        _counters.ExchangeStarted(1);
        return id;
    }

    // The response is with the kernel: record, then the next request on the connection, or its end.
    private void End(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        int slot = exchange.Downstream.Transport;
        bool isRequestDone = exchange.Has(ExchangeFlags.IsRequestDone);
        ref Transport transport = ref _transports[slot];
        bool keeps = exchange.Has(ExchangeFlags.KeepsDownstream) && !MustEnd(in transport);
        long rest = isRequestDone ? 0 : exchange.Downstream.Reader.Remaining;
        bool isLast = exchange.Has(ExchangeFlags.IsLastOfClient) && isRequestDone;
        if (exchange.Upstream.IsAttached) Detach(id);
        Free(id);
        transport.Key = -1;
        if (!keeps)
        {
            if (isLast && transport.Input.IsEmpty) _transports.CloseWhole(slot);
            else _transports.Linger(slot);
            return;
        }

        Invariant.Check(rest <= Limits.SkippedBytesMax, "a connection is kept only if the rest is small");
        transport.Owner = TransportOwner.Heads;
        transport.Skipped = (int)rest;
        if (transport.Input.IsEmpty) _transports.JoinIdle(slot);
        _timers.Set(TimerWheel.OfTransport(slot), _clock.NowMs + _options.Timeouts.DownstreamIdleMs);
        if (!transport.Input.IsEmpty || transport.Has(TransportFlags.IsInputEnded)) PumpHeads(slot);
        if (transport.State != TransportState.Closing) _transports.Arm(slot);
    }

    // No exchange begins on a connection whose listener is gone, nor on any once the worker drains.
    private bool MustEnd(in Transport transport) =>
        _isDraining || transport.Has(TransportFlags.IsLeaving);

    // Cut off on both sides: nothing sensible can be said any more.
    private void Abort(int id, Outcome outcome)
    {
        ref Exchange exchange = ref _exchanges[id];
        int slot = exchange.Downstream.Transport;
        exchange.Outcome = outcome;
        Detach(id);
        Free(id);
        _transports[slot].Key = -1;
        _transports.Close(slot);
    }

    private void Free(int id)
    {
        ref Exchange exchange = ref _exchanges[id];
        ref readonly SocketAddress endpoint = ref exchange.Endpoint >= 0
            ? ref _pools.AddressOf(exchange.Endpoint)
            : ref _transports.Peer(exchange.Downstream.Transport);
        EndRepeating(ref exchange);
        if (exchange.Has(ExchangeFlags.IsMirrored)) _mirrors.Abandon(id);
        _recorder.End(id, in exchange, SentStatus(in exchange), Received(in exchange), in endpoint);
        ReleaseHead(ref exchange);
        Unpin(ref exchange);
        // That of the attempt was cleared with its leg; one that is to come has none.
        if (exchange.Has(ExchangeFlags.IsBackingOff)) _timers.Clear(_timers.OfAttempt(id));
        _timers.Clear(_timers.OfExchange(id));
        _counters.ExchangeStarted(-1);
        _exchanges.Release(id);
    }

    // A status counts once the kernel has taken a byte of its head, or may have and has not said so yet:
    // before that nobody can have seen it.
    private int SentStatus(in Exchange exchange)
    {
        bool isTaken = exchange.BytesOut > exchange.InterimBytes;
        bool isWithKernel =
            exchange.Has(ExchangeFlags.IsResponseFlushed) && _legs.IsSending(in exchange.Downstream);
        return isTaken || isWithKernel ? exchange.Status : 0;
    }

    // What is left in the input belongs to the next exchange.
    private long Received(in Exchange exchange) => _recorder.IsLogging
        ? exchange.BytesIn - _transports.InputBytes(exchange.Downstream.Transport) : 0;

    private void ReleaseHead(ref Exchange exchange)
    {
        if (exchange.HeadBuffer < 0) return;
        _buffers.Release(exchange.HeadBuffer);
        exchange.HeadBuffer = -1;
    }

    // A snapshot is held only as long as something of it is needed: mostly until the head is written.
    private void Unpin(ref Exchange exchange)
    {
        if (exchange.Pin < 0) return;
        _pins.Unpin(exchange.Pin);
        exchange.Pin = -1;
    }

    // Bytes, or the end behind them, may wait in the input because the output was full: they go first, then
    // the kernel's.
    private void Resume(int slot)
    {
        ref Transport transport = ref _transports[slot];
        if (!transport.Input.IsEmpty || transport.Has(TransportFlags.IsInputEnded)) OnInput(slot, 0);
        if (transport.State != TransportState.Closing) _transports.Arm(slot);
    }
}
