using Serval.DataPlane.Buffers;
using Serval.DataPlane.Exchanges;
using Serval.DataPlane.Http;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Accounting;

/// <summary>
/// Exactly one record per exchange, whatever happened: in the counters, and in the access log if it is on.
/// Owner: one worker. Thread: the worker's. Bound: a record per exchange; <see cref="Limits.AccessLogBytes"/>
/// of lines, more are dropped and counted.
/// </summary>
internal sealed class Recorder : IDisposable
{
    private const int LineBytesMax = AccessRecord.TextBytesMax + 800;
    private readonly byte[] _line = new byte[LineBytesMax];
    private readonly AccessLogQueue? _queue;
    private readonly Slab<AccessRecord>? _records;
    private readonly WorkerCounters _counters;
    private readonly RandomSource _random;
    private readonly TurnClock _clock;

    /// <param name="queue">Where lines go; null for no log.</param>
    /// <param name="exchanges">How many there can be at a time.</param>
    /// <param name="counters">Where everything is counted.</param>
    /// <param name="random">What samples are drawn from.</param>
    /// <param name="clock">The turn's time.</param>
    public Recorder(
        AccessLogQueue? queue, int exchanges, WorkerCounters counters, RandomSource random, TurnClock clock)
    {
        _queue = queue;
        _counters = counters;
        _random = random;
        _clock = clock;
        if (queue is not null) _records = new Slab<AccessRecord>(exchanges);
    }

    /// <summary>Whether there is a log: then what it alone says is worth finding out.</summary>
    public bool IsLogging => _queue is not null;

    /// <summary>
    /// Begins the record of an exchange. The head is only here now: what the record will say of it is
    /// rendered at once. Of a refused head that is what was read up to the fault.
    /// </summary>
    /// <param name="id">The exchange's.</param>
    /// <param name="exchange">The exchange.</param>
    /// <param name="client">Where the client is.</param>
    /// <param name="requestId">What the exchange is known by.</param>
    /// <param name="head">What the request says.</param>
    /// <param name="text">What it was read from; empty if nothing was.</param>
    /// <param name="isWhole">False for a head that was refused.</param>
    public void Begin(
        int id, in Exchange exchange, in SocketAddress client, scoped in RequestId requestId,
        RequestFields head, ReadOnlySpan<byte> text, bool isWhole)
    {
        if (_queue is null) return;
        ref AccessRecord record = ref _records![id];
        AccessLogOptions options = _queue.Options;
        record.IsSampled = options.SampleEvery <= 1 || _random.Bits.Below(options.SampleEvery) == 0;
        record.IsBegun = false;
        if (!record.IsSampled && options.AlwaysFromStatus == 0) return;
        record.Length = options.Format == AccessLogFormat.Json
            ? JsonRecord.WriteRequest(
                record.Text, options.Fields, in exchange, in client, in requestId, head, text, isWhole)
            : CombinedRecord.WriteRequest(
                record.Text, in client, (options.Fields & AccessFields.Query) != 0, head, text, isWhole,
                _clock.Date, out record.Split);
        // A record that says nothing of its head is written all the same.
        record.IsBegun = true;
    }

    /// <summary>Whether the record of an exchange may be written.</summary>
    public bool IsBegun(int id) => _records is not null && _records[id].IsBegun;

    /// <summary>Says how a client is spoken TLS with.</summary>
    /// <param name="id">The exchange's.</param>
    /// <param name="facts">What is known.</param>
    public void Secure(int id, in TlsFacts facts)
    {
        if (_queue is null || _queue.Options.Format != AccessLogFormat.Json) return;
        ref AccessRecord record = ref _records![id];
        if (!record.IsBegun) return;
        record.Length = JsonRecord.WriteTls(record.Text, record.Length, _queue.Options.Fields, in facts);
    }

    /// <summary>Says what a request was matched with, while its snapshot is here.</summary>
    /// <param name="id">The exchange's.</param>
    /// <param name="listener">Name of the listener.</param>
    /// <param name="route">Name of the route; null if none matched.</param>
    /// <param name="rule">Place of the rule in its route.</param>
    public void Match(int id, string listener, string? route, int rule)
    {
        if (_queue is null || _queue.Options.Format != AccessLogFormat.Json) return;
        ref AccessRecord record = ref _records![id];
        if (!record.IsBegun) return;
        record.Length = JsonRecord.WriteMatch(
            record.Text, record.Length, _queue.Options.Fields, listener, route, rule);
    }

    /// <summary>Ends the record.</summary>
    /// <param name="id">The exchange's.</param>
    /// <param name="exchange">How it ended.</param>
    /// <param name="status">The status that the client can have seen; 0 for none.</param>
    /// <param name="received">Bytes that the client has sent for it.</param>
    /// <param name="endpoint">Where the endpoint of its last attempt is, if it has one.</param>
    public void End(int id, in Exchange exchange, int status, long received, in SocketAddress endpoint)
    {
        long microseconds = _clock.NowMicroseconds - exchange.StartMicroseconds;
        _counters.Record(
            exchange.ListenerSeries, exchange.RouteSeries, status, exchange.Outcome, microseconds);
        if (exchange.ClusterSeries >= 0) CountUpstream(in exchange, status);
        if (exchange.Rejection != Rejection.None)
            _counters.Reject(exchange.Rejection, exchange.Has(ExchangeFlags.IsResponseRefused));
        if (_records is not null)
            Write(id, in exchange, new RecordEnd(_clock.UnixMs, status, microseconds, received), in endpoint);
    }

    public void Dispose() => _records?.Dispose();

    private void CountUpstream(in Exchange exchange, int status)
    {
        long microseconds = exchange.HeadMicroseconds == 0
            ? -1 : exchange.HeadMicroseconds - exchange.AttemptMicroseconds;
        _counters.Clusters.Leave(exchange.ClusterSeries);
        _counters.Clusters.Answer(exchange.ClusterSeries, status, microseconds);
        if (exchange.Endpoint >= 0)
            _counters.Endpoints?.Answer(
                Math.Min(exchange.Endpoint, Limits.EndpointSeries), status, microseconds);
    }

    private void Write(int id, in Exchange exchange, in RecordEnd end, in SocketAddress endpoint)
    {
        ref AccessRecord record = ref _records![id];
        AccessLogOptions options = _queue!.Options;
        bool isByStatus = options.AlwaysFromStatus > 0 && end.Status >= options.AlwaysFromStatus;
        bool isBegun = record.IsBegun;
        // Whether written or not: the next exchange of this slot may be one whose head cannot be read.
        record.IsBegun = false;
        if (!isBegun || !(record.IsSampled || isByStatus)) return;
        ReadOnlySpan<byte> text = record.Text;
        text = text[..record.Length];
        int length = options.Format == AccessLogFormat.Json
            ? JsonRecord.WriteLine(_line, options.Fields, text, in end, in exchange, in endpoint)
            : CombinedRecord.WriteLine(_line, text, record.Split, in end, exchange.BytesOut);
        if (!_queue.TryPut(_line.AsSpan(0, length))) _counters.Add(Counter.AccessLogDropped);
    }
}
