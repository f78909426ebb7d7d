using System.Buffers.Text;
using Serval.DataPlane.Exchanges;
using Serval.DataPlane.Http;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Tls;

namespace Serval.DataPlane.Accounting;

/// <summary>
/// A record as a JSON object: what the head says is rendered while it is here, the rest at the end. Members
/// that do not fit are left out. Pure: values in, bytes out.
/// </summary>
internal static class JsonRecord
{
    private const int HostBytesLogged = 255;
    private const int PathBytesLogged = 512;
    private const int FieldBytesLogged = 256;
    private const int AddressBytes = 64;

    /// <summary>Writes what is known once the head was read; returns the bytes.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="fields">What is said.</param>
    /// <param name="exchange">The exchange.</param>
    /// <param name="client">Where the client is.</param>
    /// <param name="requestId">What the exchange is known by.</param>
    /// <param name="head">What the request says.</param>
    /// <param name="text">What it was read from; empty if nothing was.</param>
    /// <param name="isWhole">False for a head that was refused: its lines were not all read.</param>
    public static int WriteRequest(
        Span<byte> destination, AccessFields fields, in Exchange exchange, in SocketAddress client,
        scoped in RequestId requestId, RequestFields head, ReadOnlySpan<byte> text, bool isWhole)
    {
        JsonLine line = new(destination);
        Span<byte> scratch = stackalloc byte[AddressBytes];
        if (Says(fields, AccessFields.Client) && line.Member("client"u8))
            line.Text(scratch[..client.FormatAddress(scratch)], AddressBytes);
        if (requestId.IsPresent && Says(fields, AccessFields.RequestId) && line.Member("request_id"u8))
            line.Text(requestId.Text(scratch), Limits.RequestIdBytesMax);
        if (text.IsEmpty || head.MethodRange.IsEmpty) return line.Length;
        if (Says(fields, AccessFields.Method) && line.Member("method"u8))
            line.Text(head.MethodRange.Of(text), HeaderLimits.MethodBytesMax);
        if (Says(fields, AccessFields.Host) && line.Member("host"u8))
            line.Text(head.Host.Of(text), HostBytesLogged);
        bool isTargetRead = !(head.PathRange.IsEmpty && head.Authority.IsEmpty);
        // As it was sent: no policy has looked at it yet.
        if (isTargetRead && Says(fields, AccessFields.Path) && line.Member("path"u8))
            line.Text(head.Path(text), PathBytesLogged);
        if (isTargetRead && head.HasQuery && Says(fields, AccessFields.Query) && line.Member("query"u8))
            line.Text(head.QueryRange.Of(text), PathBytesLogged);
        if (!isWhole) return line.Length;
        if (Says(fields, AccessFields.Protocol) && line.Member("protocol"u8))
            line.Text(ProtocolOf(head), AddressBytes);
        WriteLines(ref line, fields, head, text);
        ReadOnlySpan<byte> trace = head.LacksTrace
            ? RequestId.Hex(exchange.RequestIdHigh, exchange.RequestIdLow, scratch) : head.TraceId.Of(text);
        if (!trace.IsEmpty && Says(fields, AccessFields.TraceId) && line.Member("trace_id"u8))
            line.Text(trace, AddressBytes);
        return line.Length;
    }

    /// <summary>Appends what is known of TLS with the client; returns the bytes there are then.</summary>
    public static int WriteTls(
        Span<byte> destination, int written, AccessFields fields, scoped in TlsFacts facts)
    {
        JsonLine line = new(destination, written);
        if (facts.IsEndedHere && Says(fields, AccessFields.TlsVersion) && line.Member("tls_version"u8))
            line.Text(facts.IsTls13 ? "1.3"u8 : "1.2"u8, AddressBytes);
        if (facts.IsEndedHere && Says(fields, AccessFields.TlsCipher) && line.Member("tls_cipher"u8))
            line.Text(facts.Cipher, AddressBytes);
        if (!facts.ServerName.IsEmpty && Says(fields, AccessFields.ServerName) && line.Member("sni"u8))
            line.Text(facts.ServerName, HostBytesLogged);
        if (facts.IsEndedHere && Says(fields, AccessFields.TlsResumed) && line.Member("tls_resumed"u8))
            line.Raw(facts.IsResumed ? "true"u8 : "false"u8);
        ClientFacts client = facts.Client;
        if (!client.Subject.IsEmpty && Says(fields, AccessFields.ClientSubject)
            && line.Member("client_subject"u8))
            line.Text(client.Subject, FieldBytesLogged);
        if (!client.Fingerprint.IsEmpty && Says(fields, AccessFields.ClientFingerprint)
            && line.Member("client_fingerprint"u8))
            line.Text(client.Fingerprint, AddressBytes);
        return line.Length;
    }

    /// <summary>Appends what a request was matched with; returns the bytes there are then.</summary>
    public static int WriteMatch(
        Span<byte> destination, int written, AccessFields fields, string listener, string? route, int rule)
    {
        JsonLine line = new(destination, written);
        if (Says(fields, AccessFields.Listener) && line.Member("listener"u8))
            line.Text(listener, FieldBytesLogged);
        if (route is null) return line.Length;
        if (Says(fields, AccessFields.Route) && line.Member("route"u8)) line.Text(route, FieldBytesLogged);
        if (Says(fields, AccessFields.Rule) && line.Member("rule"u8)) line.Number(rule);
        return line.Length;
    }

    /// <summary>Writes a whole line; returns its bytes.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="fields">What is said.</param>
    /// <param name="request">What the two methods above have written.</param>
    /// <param name="end">How the exchange ended.</param>
    /// <param name="exchange">The exchange.</param>
    /// <param name="endpoint">Where the endpoint of its last attempt is, if it has one.</param>
    public static int WriteLine(
        Span<byte> destination, AccessFields fields, ReadOnlySpan<byte> request, in RecordEnd end,
        in Exchange exchange, in SocketAddress endpoint)
    {
        JsonLine line = new(destination);
        line.Raw("{"u8);
        if (Says(fields, AccessFields.Time) && line.Member("time"u8)) WriteTime(ref line, end.UnixMs);
        line.Raw(line.Length == 1 && !request.IsEmpty ? request[1..] : request);
        if (Says(fields, AccessFields.Status) && line.Member("status"u8)) line.Number(end.Status);
        if (Says(fields, AccessFields.Outcome) && line.Member("outcome"u8))
            line.Text(OutcomeText.Name(exchange.Outcome), FieldBytesLogged);
        if (exchange.Rejection != Rejection.None && Says(fields, AccessFields.RejectReason)
            && line.Member("reject_reason"u8))
            line.Text(exchange.Rejection.Utf8Text(), FieldBytesLogged);
        WriteDurations(ref line, fields, in end, in exchange);
        if (Says(fields, AccessFields.Attempts) && line.Member("attempts"u8)) line.Number(exchange.Attempts);
        if (exchange.Endpoint >= 0 && Says(fields, AccessFields.Endpoint))
            WriteEndpoint(ref line, in endpoint);
        if (exchange.Errno != 0 && Says(fields, AccessFields.Errno) && line.Member("errno"u8))
            line.Text(Errno.Name(exchange.Errno), AddressBytes);
        if (Says(fields, AccessFields.BytesReceived) && line.Member("bytes_received"u8))
            line.Number(end.BytesReceived);
        if (Says(fields, AccessFields.BytesSent) && line.Member("bytes_sent"u8))
            line.Number(exchange.BytesOut);
        line.Raw("}\n"u8);
        return line.Length;
    }

    /// <summary>The version as it stands in a request line.</summary>
    public static ReadOnlySpan<byte> ProtocolOf(RequestFields head) =>
        head.Version == HttpVersion.Http10 ? "HTTP/1.0"u8 : "HTTP/1.1"u8;

    private static void WriteLines(
        ref JsonLine line, AccessFields fields, RequestFields head, ReadOnlySpan<byte> text)
    {
        const AccessFields any = AccessFields.UserAgent | AccessFields.Referer;
        if ((fields & any) == 0) return;
        LoggedLines logged = LoggedLines.Of(head.Lines, text);
        if (!logged.UserAgent.IsEmpty && Says(fields, AccessFields.UserAgent) && line.Member("user_agent"u8))
            line.Text(logged.UserAgent, FieldBytesLogged);
        if (!logged.Referer.IsEmpty && Says(fields, AccessFields.Referer) && line.Member("referer"u8))
            line.Text(logged.Referer, FieldBytesLogged);
    }

    private static void WriteDurations(
        ref JsonLine line, AccessFields fields, in RecordEnd end, in Exchange exchange)
    {
        if (Says(fields, AccessFields.Duration) && line.Member("duration_us"u8)) line.Number(end.DurationUs);
        if (exchange.HeadMicroseconds == 0) return;
        if (Says(fields, AccessFields.FirstByte) && line.Member("first_byte_us"u8))
            line.Number(exchange.HeadMicroseconds - exchange.StartMicroseconds);
        if (Says(fields, AccessFields.Upstream) && line.Member("upstream_us"u8))
            line.Number(exchange.HeadMicroseconds - exchange.AttemptMicroseconds);
    }

    // RFC 3339 with milliseconds.
    private static void WriteTime(ref JsonLine line, long unixMs)
    {
        const int toMilliseconds = 23;
        Span<byte> text = stackalloc byte[AddressBytes];
        bool isWritten = Utf8Formatter.TryFormat(
            DateTime.UnixEpoch.AddMilliseconds(unixMs), text, out int length, 'O');
        Invariant.Check(isWritten && length > toMilliseconds, "a time has a fixed length");
        text[toMilliseconds] = (byte)'Z';
        line.Text(text[..(toMilliseconds + 1)], AddressBytes);
    }

    private static void WriteEndpoint(ref JsonLine line, in SocketAddress endpoint)
    {
        Span<byte> address = stackalloc byte[AddressBytes];
        if (line.Member("endpoint"u8))
            line.Text(address[..endpoint.FormatAddress(address)], AddressBytes);
        if (line.Member("endpoint_port"u8)) line.Number(endpoint.Port);
    }

    private static bool Says(AccessFields fields, AccessFields field) => (fields & field) != 0;
}
