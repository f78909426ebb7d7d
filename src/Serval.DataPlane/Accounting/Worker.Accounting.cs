using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Http;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Workers;

// Stage 8, Accounting: exactly one record per exchange, whatever happened.
internal sealed partial class Worker<TRing>
{
    private const int LineBytesMax = AccessRecord.TextBytesMax + 300;
    private const int HostBytesLogged = 255;
    private const int PathBytesLogged = 512;
    private readonly byte[] _line = new byte[LineBytesMax];
    private readonly Slab<AccessRecord>? _records;

    private void Account(int id, in Exchange exchange)
    {
        long microseconds = _nowMicroseconds - exchange.StartMicroseconds;
        Counters.Record(
            exchange.ListenerSeries, exchange.RouteSeries, SentStatus(in exchange), exchange.Outcome,
            microseconds);
        if (exchange.Rejection != Rejection.None)
            Counters.Reject(exchange.Rejection, exchange.Has(ExchangeFlags.IsResponseRefused));
        if (_records is not null) WriteAccessRecord(id, in exchange, microseconds);
    }

    // A status counts once the kernel has taken a byte of its head, or may have and has not said so yet:
    // before that nobody can have seen it.
    private int SentStatus(in Exchange exchange)
    {
        bool isTaken = exchange.BytesOut > exchange.InterimBytes;
        bool isWithKernel = exchange.Has(ExchangeFlags.IsResponseFlushed)
            && _connections[exchange.Downstream].Has(ConnectionFlags.IsSending);
        return isTaken || isWithKernel ? exchange.Status : 0;
    }

    // The head is only here now: what the record will say of it is rendered at once. Of a refused head that
    // is what was read up to the fault.
    private void BeginAccessRecord(int id, int slot, ReadOnlySpan<byte> input)
    {
        AccessLogQueue? queue = _options.AccessLog;
        if (queue is null) return;
        ref AccessRecord record = ref _records![id];
        AccessLogOptions options = queue.Options;
        record.IsSampled = options.SampleEvery <= 1 || _random.Below(options.SampleEvery) == 0;
        record.Length = 0;
        if (!record.IsSampled && options.AlwaysFromStatus == 0) return;
        Span<byte> text = record.Text;
        JsonLine line = new(text);
        Span<byte> address = stackalloc byte[64];
        line.Raw(",\"client\":"u8);
        line.Text(address[.._ring.Address(slot).FormatAddress(address)], address.Length);
        record.Length = line.Length;
        if (input.IsEmpty || _requestHead.MethodRange.IsEmpty) return;
        line.Raw(",\"method\":"u8);
        line.Text(_requestHead.MethodRange.Of(input), HeaderLimits.MethodBytesMax);
        line.Raw(",\"host\":"u8);
        line.Text(_requestHead.Host.Of(input), HostBytesLogged);
        bool isTargetRead = !(_requestHead.PathRange.IsEmpty && _requestHead.Authority.IsEmpty);
        if (isTargetRead)
        {
            // As it was sent: no policy has looked at it yet. The query is left out: secrets travel there.
            line.Raw(",\"path\":"u8);
            line.Text(_requestHead.Path(input),
                Math.Min(PathBytesLogged, (AccessRecord.TextBytesMax - line.Length) / 6));
        }

        record.Length = line.Length;
    }

    private void WriteAccessRecord(int id, in Exchange exchange, long microseconds)
    {
        AccessLogQueue queue = _options.AccessLog!;
        ref AccessRecord record = ref _records![id];
        int status = SentStatus(in exchange);
        bool isByStatus = queue.Options.AlwaysFromStatus > 0 && status >= queue.Options.AlwaysFromStatus;
        int length = record.Length;
        // Whether written or not: the next exchange of this slot may be one whose head cannot be read.
        record.Length = 0;
        if (length == 0 || !(record.IsSampled || isByStatus)) return;
        JsonLine line = new(_line);
        line.Raw("{\"time\":"u8);
        line.Number(_unixSeconds);
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
        if (exchange.Endpoint >= 0) WriteEndpoint(ref line, in _directory.Addresses[exchange.Endpoint]);
        line.Raw(",\"bytes_sent\":"u8);
        line.Number(exchange.BytesOut);
        line.Raw("}\n"u8);
        if (!queue.TryPut(_line.AsSpan(0, line.Length))) Counters.Add(Counter.AccessLogDropped);
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
