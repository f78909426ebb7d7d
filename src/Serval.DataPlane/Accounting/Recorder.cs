using Serval.DataPlane.Buffers;
using Serval.DataPlane.Exchanges;
using Serval.DataPlane.Http;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Accounting;

/// <summary>
/// Exactly one record per exchange, whatever happened: in the counters, and in the access log if it is on.
/// Owner: one worker. Thread: the worker's. Bound: a record per exchange; <see cref="Limits.AccessLogBytes"/>
/// of lines, more are dropped and counted.
/// </summary>
internal sealed class Recorder : IDisposable
{
    private const int LineBytesMax = AccessRecord.TextBytesMax + 300;
    private const int HostBytesLogged = 255;
    private const int PathBytesLogged = 512;
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

    /// <summary>
    /// Begins the record of an exchange. The head is only here now: what the record will say of it is
    /// rendered at once. Of a refused head that is what was read up to the fault.
    /// </summary>
    /// <param name="id">The exchange's.</param>
    /// <param name="client">Where the client is.</param>
    /// <param name="head">What the request says.</param>
    /// <param name="text">What it was read from; empty if nothing was.</param>
    public void Begin(
        int id, in SocketAddress client, RequestFields head, ReadOnlySpan<byte> text)
    {
        if (_queue is null) return;
        ref AccessRecord record = ref _records![id];
        AccessLogOptions options = _queue.Options;
        record.IsSampled = options.SampleEvery <= 1 || _random.Bits.Below(options.SampleEvery) == 0;
        record.Length = 0;
        if (!record.IsSampled && options.AlwaysFromStatus == 0) return;
        JsonLine line = new(record.Text);
        Span<byte> address = stackalloc byte[64];
        line.Raw(",\"client\":"u8);
        line.Text(address[..client.FormatAddress(address)], address.Length);
        record.Length = line.Length;
        if (text.IsEmpty || head.MethodRange.IsEmpty) return;
        line.Raw(",\"method\":"u8);
        line.Text(head.MethodRange.Of(text), HeaderLimits.MethodBytesMax);
        line.Raw(",\"host\":"u8);
        line.Text(head.Host.Of(text), HostBytesLogged);
        bool isTargetRead = !(head.PathRange.IsEmpty && head.Authority.IsEmpty);
        if (isTargetRead)
        {
            // As it was sent: no policy has looked at it yet. The query is left out: secrets travel there.
            line.Raw(",\"path\":"u8);
            line.Text(head.Path(text),
                Math.Min(PathBytesLogged, (AccessRecord.TextBytesMax - line.Length) / 6));
        }

        record.Length = line.Length;
    }

    /// <summary>Ends the record.</summary>
    /// <param name="id">The exchange's.</param>
    /// <param name="exchange">How it ended.</param>
    /// <param name="status">The status that the client can have seen; 0 for none.</param>
    /// <param name="endpoint">Where the endpoint of its last attempt is, if it has one.</param>
    public void End(int id, in Exchange exchange, int status, in SocketAddress endpoint)
    {
        long microseconds = _clock.NowMicroseconds - exchange.StartMicroseconds;
        _counters.Record(
            exchange.ListenerSeries, exchange.RouteSeries, status, exchange.Outcome, microseconds);
        if (exchange.Rejection != Rejection.None)
            _counters.Reject(exchange.Rejection, exchange.Has(ExchangeFlags.IsResponseRefused));
        if (_records is not null) Write(id, in exchange, status, in endpoint, microseconds);
    }

    public void Dispose() => _records?.Dispose();

    private void Write(
        int id, in Exchange exchange, int status, in SocketAddress endpoint, long microseconds)
    {
        ref AccessRecord record = ref _records![id];
        AccessLogOptions options = _queue!.Options;
        bool isByStatus = options.AlwaysFromStatus > 0 && status >= options.AlwaysFromStatus;
        int length = record.Length;
        // Whether written or not: the next exchange of this slot may be one whose head cannot be read.
        record.Length = 0;
        if (length == 0 || !(record.IsSampled || isByStatus)) return;
        JsonLine line = new(_line);
        line.Raw("{\"time\":"u8);
        line.Number(_clock.UnixSeconds);
        ReadOnlySpan<byte> text = record.Text;
        line.Raw(text[..length]);
        line.Raw(",\"status\":"u8);
        line.Number(status);
        line.Raw(",\"outcome\":"u8);
        line.Text(OutcomeText.Name(exchange.Outcome), HostBytesLogged);
        if (exchange.Rejection != Rejection.None)
        {
            line.Raw(",\"rule\":"u8);
            line.Text(exchange.Rejection.Utf8Text(), HostBytesLogged);
        }

        line.Raw(",\"duration_us\":"u8);
        line.Number(microseconds);
        line.Raw(",\"attempts\":"u8);
        line.Number(exchange.Attempts);
        if (exchange.Endpoint >= 0) WriteEndpoint(ref line, in endpoint);
        line.Raw(",\"bytes_sent\":"u8);
        line.Number(exchange.BytesOut);
        line.Raw("}\n"u8);
        if (!_queue.TryPut(_line.AsSpan(0, line.Length))) _counters.Add(Counter.AccessLogDropped);
    }

    private static void WriteEndpoint(ref JsonLine line, in SocketAddress endpoint)
    {
        Span<byte> address = stackalloc byte[64];
        line.Raw(",\"endpoint\":"u8);
        line.Text(address[..endpoint.FormatAddress(address)], address.Length);
        line.Raw(",\"endpoint_port\":"u8);
        line.Number(endpoint.Port);
    }
}
