using System.Text;
using System.Text.Json;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Exchanges;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Tests.Http1;

namespace Serval.DataPlane.Tests.Accounting;

/// <summary>Lines of the access log, without a worker.</summary>
public sealed class RecordFormatTests
{
    private const string Head = "GET /p?q=1 HTTP/1.1\r\nHost: a.example\r\nUser-Agent: curl/8\r\n\r\n";
    private static readonly SocketAddress Client = SocketAddress.From(
        new System.Net.IPEndPoint(System.Net.IPAddress.Parse("192.0.2.1"), 4_000));

    [Theory]
    [InlineData(AccessFields.Status, "{\"status\":204}\n")]
    [InlineData(AccessFields.Method | AccessFields.Query, "{\"method\":\"GET\",\"query\":\"q=1\"}\n")]
    [InlineData(
        AccessFields.Time | AccessFields.Path, "{\"time\":\"2023-11-14T22:13:20.007Z\",\"path\":\"/p\"}\n")]
    [InlineData(AccessFields.Listener | AccessFields.Rule, "{\"listener\":\"web\",\"rule\":2}\n")]
    [InlineData(
        AccessFields.RequestId, "{\"request_id\":\"00000000000000010000000000000002\"}\n")]
    [InlineData(
        AccessFields.TraceId, "{\"trace_id\":\"000000000000000a000000000000000b\"}\n")]
    [InlineData(
        AccessFields.Client | AccessFields.BytesSent, "{\"client\":\"192.0.2.1\",\"bytes_sent\":99}\n")]
    public void A_line_says_what_was_chosen_and_no_more(AccessFields fields, string expected)
    {
        byte[] text = Encoding.ASCII.GetBytes(Head);
        Exchange exchange = new()
        {
            Endpoint = -1,
            BytesOut = 99,
            RequestIdHigh = 10,
            RequestIdLow = 11,
        };
        byte[] request = new byte[AccessRecord.TextBytesMax];
        int written = JsonRecord.WriteRequest(
            request, fields, in exchange, in Client, new RequestId(1, 2), Parsed(text), text, isWhole: true);
        written = JsonRecord.WriteMatch(request, written, fields, "web", "route", 2);
        RecordEnd end = new(1_700_000_000_007, 204, 5, 40);
        byte[] line = new byte[4_096];
        int length = JsonRecord.WriteLine(
            line, fields, request.AsSpan(0, written), in end, in exchange, in Client);
        Assert.Equal(expected, Encoding.ASCII.GetString(line, 0, length));
    }

    [Theory]
    [InlineData(false, "GET /p HTTP/1.1")]
    [InlineData(true, "GET /p?q=1 HTTP/1.1")]
    public void The_combined_format_is_the_one_that_tools_read(bool hasQuery, string requestLine)
    {
        byte[] text = Encoding.ASCII.GetBytes(Head);
        byte[] request = new byte[AccessRecord.TextBytesMax];
        int written = CombinedRecord.WriteRequest(
            request, in Client, hasQuery, Parsed(text), text, isWhole: true,
            "Sat, 28 Nov 2026 13:00:00 GMT"u8, out int split);
        byte[] line = new byte[4_096];
        RecordEnd end = new(0, 200, 5, 40);
        int length = CombinedRecord.WriteLine(
            line, request.AsSpan(0, written), split, in end, bytesSent: 512);
        Assert.Equal(
            $"192.0.2.1 - - [28/Nov/2026:13:00:00 +0000] \"{requestLine}\" 200 512 \"-\" \"curl/8\"\n",
            Encoding.ASCII.GetString(line, 0, length));
    }

    // A member is written whole or not at all, however small the room.
    [Fact]
    public void A_line_is_valid_however_long_the_request_is()
    {
        byte[] text = HeadText.Bytes(
            $"GET /{new string('"', 2_000)} HTTP/1.1\r\nHost: a.example\r\n"
            + $"User-Agent: {new string('"', 900)}\r\nReferer: {new string('\u0080', 900)}\r\n\r\n");
        Exchange exchange = new() { Endpoint = -1 };
        byte[] line = new byte[8_192];
        for (int room = 0; room <= AccessRecord.TextBytesMax; room += 7)
        {
            byte[] request = new byte[room];
            int written = JsonRecord.WriteRequest(
                request, AccessFields.Default, in exchange, in Client, new RequestId(1, 2), Parsed(text),
                text, isWhole: true);
            written = JsonRecord.WriteMatch(
                request, written, AccessFields.Default, new string('l', 200), "r\u00e9", rule: 1);
            RecordEnd end = new(1_700_000_000_000, 200, 1, 1);
            int length = JsonRecord.WriteLine(line, AccessFields.Default, request.AsSpan(0, written), in end,
                in exchange, in Client);
            using JsonDocument _ = JsonDocument.Parse(line.AsMemory(0, length));
        }
    }

    private static RequestHead Parsed(byte[] text)
    {
        RequestHead head = new(new HeaderLimits(24_000, 128, 8_000), RequestPolicy.Default);
        Assert.Equal(ParseStatus.Complete, head.Parse(text));
        return head;
    }
}
