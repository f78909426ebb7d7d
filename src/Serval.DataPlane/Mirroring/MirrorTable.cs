using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Pools;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Mirroring;

/// <summary>
/// Copies of requests for other clusters. An exchange gives a copy what it sends itself, by reference, and
/// never asks what became of it: a copy that is slow, fails or finds no room is given up and counted
/// (decision 58). Responses are read, so that connections can be used again, and dropped.
/// Owner: the exchange table. Thread: its worker's. Bound: <see cref="Limits.MirrorsInFlight"/>,
/// <see cref="Limits.MirrorBytes"/>, <see cref="Limits.MirrorRuns"/>.
/// </summary>
internal sealed partial class MirrorTable<TRing> : IDisposable
    where TRing : struct, IRing
{
    private const int None = -1;
    private readonly TransportTable<TRing> _transports;
    private readonly UpstreamPools<TRing> _pools;
    private readonly TimerWheel _timers;
    private readonly TurnClock _clock;
    private readonly WorkerCounters _counters;
    private readonly BufferPool _buffers;
    private readonly SegmentPool _segments;
    private readonly int _idleMs;
    private readonly Slab<Mirror> _mirrors = new(Limits.MirrorsInFlight);

    // By exchange: one more than its first mirror, 0 for none.
    private readonly Slab<int> _first;
    private readonly ResponseHead _head;

    /// <param name="transports">Whose connections carry copies.</param>
    /// <param name="pools">Where they come from.</param>
    /// <param name="timers">With a timer for each of them.</param>
    /// <param name="clock">The turn's time.</param>
    /// <param name="counters">What is counted.</param>
    /// <param name="idleMs">How long nothing may move.</param>
    public MirrorTable(
        TransportTable<TRing> transports, UpstreamPools<TRing> pools, TimerWheel timers, TurnClock clock,
        WorkerCounters counters, int idleMs)
    {
        _transports = transports;
        _pools = pools;
        _timers = timers;
        _clock = clock;
        _counters = counters;
        _idleMs = idleMs;
        _buffers = transports.Buffers;
        _segments = transports.Segments;
        _first = new Slab<int>(transports.Capacity);
        _head = new ResponseHead(
            new HeaderLimits(Limits.HeadBytesMax, Limits.HeaderCountMax, Limits.TargetBytesMax));
    }

    /// <summary>
    /// Begins a copy of a request whose head is in a buffer, on which it takes a reference of its own.
    /// </summary>
    /// <param name="exchange">The exchange's id.</param>
    /// <param name="cluster">Slot of the cluster that gets the copy.</param>
    /// <param name="connectTimeoutMs">How long connecting may take.</param>
    /// <param name="buffer">Where the head is.</param>
    /// <param name="length">Bytes of the head.</param>
    /// <param name="method">The request's.</param>
    /// <param name="isWhole">Whether no body follows.</param>
    public void Begin(
        int exchange, int cluster, int connectTimeoutMs, int buffer, int length, MethodKind method,
        bool isWhole)
    {
        bool hasRoom = _transports.Available > Math.Min(Limits.ConnectionSlotsLow, _transports.Capacity / 16)
            && _buffers.Available > Math.Min(Limits.CutBelowBuffers, _buffers.Count / 8);
        if (!hasRoom || !_mirrors.TryLease(out int id))
        {
            _counters.Add(Counter.LimitMirrorsInFlight);
            return;
        }

        if (!TryConnect(cluster, connectTimeoutMs, out int endpoint, out int slot))
        {
            _mirrors.Release(id);
            _counters.Add(Counter.MirrorsFailed);
            return;
        }

        ref Mirror mirror = ref _mirrors[id];
        mirror = default;
        mirror.Exchange = isWhole ? None : exchange;
        mirror.Next = None;
        mirror.Transport = slot;
        mirror.Endpoint = endpoint;
        mirror.Method = method;
        if (!isWhole)
        {
            mirror.Next = _first[exchange] - 1;
            _first[exchange] = id + 1;
        }

        ref Transport transport = ref _transports[slot];
        transport.Owner = TransportOwner.Mirror;
        transport.Key = id;
        _buffers.AddReference(buffer);
        _segments.Append(ref transport.Output, buffer, 0, length);
        if (transport.State == TransportState.Open) Start(slot);
    }

    /// <summary>Gives the copies of a request what was queued of its body: the end of a queue.</summary>
    /// <param name="exchange">The exchange's id.</param>
    /// <param name="output">What the exchange sends.</param>
    /// <param name="skipped">Bytes of it that were queued before.</param>
    public void Copy(int exchange, ref SegmentQueue output, long skipped)
    {
        for (int id = _first[exchange] - 1; id != None;)
        {
            int next = _mirrors[id].Next;
            int slot = _mirrors[id].Transport;
            ref SegmentQueue copy = ref _transports[slot].Output;
            if (TryAppend(ref copy, in output, skipped)) _transports.Flush(slot);
            else End(id, Counter.MirrorsDropped, isKept: false);
            id = next;
        }
    }

    /// <summary>Says that the request of an exchange was queued whole.</summary>
    public void Finish(int exchange)
    {
        while (_first[exchange] != 0) Unlink(_first[exchange] - 1);
    }

    /// <summary>Gives up copies of a request that will never be whole.</summary>
    public void Abandon(int exchange)
    {
        while (_first[exchange] != 0) End(_first[exchange] - 1, Counter.MirrorsDropped, isKept: false);
    }

    /// <summary>Gives up every copy that waits to be sent, because memory is short.</summary>
    public void Relieve()
    {
        for (int id = 0; id < Limits.MirrorsInFlight && _mirrors.Leased > 0; id++)
        {
            int slot = _mirrors[id].Transport;
            ref Transport transport = ref _transports[slot];
            bool isInUse = transport.Owner == TransportOwner.Mirror && transport.Key == id;
            if (isInUse && !transport.Output.IsEmpty) End(id, Counter.MirrorsDropped, isKept: false);
        }
    }

    /// <summary>Gives up the copy on a connection, which holds memory that is short.</summary>
    public void Cut(int slot) => End(_transports[slot].Key, Counter.MirrorsDropped, isKept: false);

    public void Dispose()
    {
        _mirrors.Dispose();
        _first.Dispose();
    }

    private bool TryConnect(int cluster, int timeoutMs, out int endpoint, out int slot)
    {
        slot = None;
        endpoint = None;
        if (_pools.EndpointCount(cluster) == 0) return false;
        EndpointWish wish = new(None, None, WasStale: false, IsRepeatable: true, timeoutMs);
        endpoint = _pools.Choose(cluster, in wish);
        if (endpoint == EndpointChoice.None) return false;
        _pools.Enter(endpoint);
        if (_pools.TryTake(endpoint, out slot) || _pools.TryDial(cluster, endpoint, timeoutMs, out slot))
            return true;
        _pools.Leave(endpoint);
        return false;
    }

    private bool TryAppend(ref SegmentQueue copy, in SegmentQueue output, long skipped)
    {
        int at = output.Head;
        for (int i = 0; i < output.Count; i++)
        {
            Segment segment = _segments.At(at);
            at = segment.Next;
            if (skipped >= segment.Length)
            {
                skipped -= segment.Length;
                continue;
            }

            if (copy.Count >= Limits.MirrorRuns || copy.PinnedBytes >= Limits.MirrorBytes) return false;
            _buffers.AddReference(segment.Buffer);
            _segments.Append(
                ref copy, segment.Buffer, segment.Offset + (int)skipped, segment.Length - (int)skipped);
            skipped = 0;
        }

        return true;
    }

    private void Unlink(int id)
    {
        ref Mirror mirror = ref _mirrors[id];
        if (mirror.Exchange == None) return;
        int exchange = mirror.Exchange;
        if (_first[exchange] == id + 1)
        {
            _first[exchange] = mirror.Next + 1;
        }
        else
        {
            int before = _first[exchange] - 1;
            while (_mirrors[before].Next != id) before = _mirrors[before].Next;
            _mirrors[before].Next = mirror.Next;
        }

        mirror.Exchange = None;
        mirror.Next = None;
    }

    private void End(int id, Counter result, bool isKept)
    {
        Unlink(id);
        ref Mirror mirror = ref _mirrors[id];
        int slot = mirror.Transport;
        _counters.Add(result);
        _pools.Leave(mirror.Endpoint);
        _transports[slot].Owner = TransportOwner.None;
        _transports[slot].Key = None;
        _mirrors.Release(id);
        if (isKept) _pools.PutIdle(slot);
        else _pools.Close(slot);
    }
}
