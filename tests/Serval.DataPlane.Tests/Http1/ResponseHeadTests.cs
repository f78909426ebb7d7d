using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Http1;

public sealed class ResponseHeadTests
{
    public static TheoryData<string> Valid =>
    [
        "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 5\r\nConnection: X-Gone\r\nX-Gone: 1\r\n\r\n",
        "HTTP/1.0 404 \r\n\r\n",
        "HTTP/1.1 999\r\nTransfer-Encoding: chunked\r\nx_y: \u00FF\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
        "HTTP/1.2 200 OK\r\nX-A \t : 1\r\nContent-Length\t: 2\r\n\r\n",
    ];

    [Theory]
    [MemberData(nameof(Valid))]
    public void A_head_is_complete_at_its_last_byte_however_it_arrives(string text)
    {
        byte[] input = Bytes(text);
        ResponseHead head = NewResponse();
        int scanned = 0;
        for (int length = 0; length < input.Length; length++)
        {
            Assert.Equal(ParseStatus.Incomplete, head.Parse(input.AsSpan(0, length), MethodKind.Get, false));
            int once = 0;
            Assert.Equal(
                ParseStatus.Incomplete, head.Parse(input.AsSpan(0, length), MethodKind.Get, false, ref once));
            Assert.Equal(ParseStatus.Complete, head.Parse(input, MethodKind.Get, false, ref once));
            Assert.Equal(
                ParseStatus.Incomplete,
                head.Parse(input.AsSpan(0, length), MethodKind.Get, false, ref scanned));
        }

        Assert.Equal(ParseStatus.Complete, head.Parse(input, MethodKind.Get, false, ref scanned));
        Assert.Equal(input.Length, head.Length);
    }

    [Fact]
    public void A_response_is_taken_apart()
    {
        const string text =
            "HTTP/1.0 404 Not \u00e9 Found\r\nServer: x\r\nx_y: z\r\nX-Forwarded-For: a\r\n\r\nbody";
        byte[] input = Bytes(text);
        ResponseHead head = Parse(text, MethodKind.Get);
        Assert.Equal(404, head.Status);
        Assert.Equal("Not \u00e9 Found", Text(head.Reason.Of(input)));
        Assert.Equal(0, head.HttpMinor);
        Assert.Equal(BodyKind.UntilClose, head.Body);
        Assert.False(head.HasDate);
        Assert.False(head[0].IsDropped || head[1].IsDropped || head[2].IsDropped);
    }

    // RFC 9112 §6.3
    [Theory]
    [InlineData("HEAD", "200", "Content-Length: 5", BodyKind.None)]
    [InlineData("HEAD", "200", "Transfer-Encoding: chunked", BodyKind.None)]
    [InlineData("GET", "204", "", BodyKind.None)]
    [InlineData("GET", "304", "Content-Length: 5", BodyKind.None)]
    [InlineData("GET", "304", "Transfer-Encoding: chunked", BodyKind.None)]
    [InlineData("GET", "100", "", BodyKind.None)]
    [InlineData("GET", "200", "Content-Length: 5", BodyKind.Length)]
    [InlineData("GET", "200", "Content-Length: 0", BodyKind.Length)]
    [InlineData("GET", "200", "Transfer-Encoding: CHUNKED", BodyKind.Chunked)]
    [InlineData("GET", "200", "", BodyKind.UntilClose)]
    [InlineData("POST", "500", "", BodyKind.UntilClose)]
    internal void The_end_of_the_body_is_found_by_the_rules(
        string method, string status, string header, BodyKind body)
    {
        MethodKind kind = method == "HEAD" ? MethodKind.Head : MethodKind.Get;
        ResponseHead head =
            Parse($"HTTP/1.1 {status} x\r\nA: b\r\n{header}{(header == "" ? "" : "\r\n")}\r\n", kind);
        Assert.Equal(body, head.Body);
        Assert.Equal(body != BodyKind.UntilClose, head.KeepsAlive);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", true)]
    [InlineData("HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n", false)]
    [InlineData("HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n", false)]
    public void A_connection_is_kept_only_when_its_next_byte_is_the_next_response(
        string text, bool keepsAlive) =>
        Assert.Equal(keepsAlive, Parse(text, MethodKind.Get).KeepsAlive);

    [Theory]
    [InlineData(BodyKind.None, BodyKind.None, BodyKind.None)]
    [InlineData(BodyKind.Length, BodyKind.Length, BodyKind.Length)]
    [InlineData(BodyKind.Chunked, BodyKind.UntilClose, BodyKind.Chunked)]
    [InlineData(BodyKind.UntilClose, BodyKind.UntilClose, BodyKind.Chunked)]
    internal void A_body_is_framed_for_the_version_downstream(BodyKind body, BodyKind http10, BodyKind http11)
    {
        ResponseHead head = Parse(
            body switch
            {
                BodyKind.None => "HTTP/1.1 204 x\r\n\r\n",
                BodyKind.Length => "HTTP/1.1 200 x\r\nContent-Length: 1\r\n\r\n",
                BodyKind.Chunked => "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n",
                _ => "HTTP/1.1 200 x\r\n\r\n",
            },
            MethodKind.Get);
        Assert.Equal(http10, head.DownstreamBody(0));
        Assert.Equal(http11, head.DownstreamBody(1));
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", true, false)]
    [InlineData("HTTP/1.1 103 x\r\n\r\n", true, false)]
    [InlineData("HTTP/1.1 200 x\r\n\r\n", false, false)]
    [InlineData("HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", false, true)]
    public void Interim_responses_and_switches_are_told_apart(string text, bool isInterim, bool isSwitch)
    {
        ResponseHead head = Parse(text, MethodKind.Get, true);
        Assert.Equal(isInterim, head.IsInterim);
        Assert.Equal(isSwitch, head.IsSwitch);
        Assert.Equal(isSwitch ? "websocket" : "", Text(head.UpgradeRange.Of(Bytes(text))));
    }

    [Theory]
    [InlineData("HTTP/1.1 101 x\r\nConnection: upgrade\r\n\r\n", true)]
    [InlineData("HTTP/1.1 101 x\r\nUpgrade: websocket\r\n\r\n", true)]
    [InlineData("HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", false)]
    public void A_switch_that_nobody_asked_for_is_refused(string text, bool isUpgrade)
    {
        ResponseHead head = NewResponse();
        Assert.Equal(ParseStatus.Rejected, head.Parse(Bytes(text), MethodKind.Get, isUpgrade));
        Assert.Equal(Rejection.UnexpectedSwitch, head.Rejection);
    }

    [Theory]
    [InlineData("HTTP/2 200 OK\r\n", Rejection.BadStatusLine)]
    [InlineData("http/1.1 200 OK\r\n", Rejection.BadStatusLine)]
    [InlineData("ICY 200 OK\r\n", Rejection.BadStatusLine)]
    [InlineData("\r\nHTTP/1.1 200 OK\r\n", Rejection.BadStatusLine)]
    [InlineData("HTTP/1.1  200 OK\r\n", Rejection.BadStatusLine)]
    [InlineData("HTTP/1.1 099 OK\r\n", Rejection.BadStatusLine)]
    [InlineData("HTTP/1.1 20 OK\r\n", Rejection.BadStatusLine)]
    [InlineData("HTTP/1.1 2000 OK\r\n", Rejection.BadStatusLine)]
    [InlineData("HTTP/1.1 2x0 OK\r\n", Rejection.BadStatusLine)]
    [InlineData("HTTP/1.1 200\n", Rejection.BareLineFeed)]
    [InlineData("HTTP/1.1 200 OK\n", Rejection.BareLineFeed)]
    [InlineData("HTTP/1.1 200 O\rK\r\n", Rejection.BareCarriageReturn)]
    [InlineData("HTTP/1.1 200 O\0K\r\n", Rejection.BadStatusLine)]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", Rejection.ObsoleteFold)]
    [InlineData("HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", Rejection.BadHeaderName)]
    [InlineData("HTTP/1.1 200 OK\r\n A : b\r\n\r\n", Rejection.ObsoleteFold)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length : 1\r\nContent-Length: 1\r\n\r\n",
        Rejection.ContentLengthDuplicate)]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\n\r\n", Rejection.BareLineFeed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        Rejection.ContentLengthDuplicate)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n", Rejection.ContentLengthInvalid)]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        Rejection.LengthAndTransferEncoding)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", Rejection.TransferCodingUnknown)]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", Rejection.TransferEncodingInvalid)]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Rejection.TransferEncodingInHttp10)]
    internal void A_response_with_two_readings_is_refused(string text, Rejection reason)
    {
        ResponseHead head = NewResponse();
        byte[] input = Bytes(text);
        Assert.Equal(ParseStatus.Rejected, head.Parse(input, MethodKind.Get, false));
        Assert.Equal(reason, head.Rejection);
        for (int length = 0; length < input.Length; length++)
            Assert.NotEqual(ParseStatus.Complete, head.Parse(input.AsSpan(0, length), MethodKind.Get, false));
    }

    [Fact]
    public void A_head_may_have_as_many_bytes_as_the_limit_and_not_one_more()
    {
        const string text = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
        byte[] input = Bytes(text);
        Assert.Equal(
            ParseStatus.Complete,
            new ResponseHead(new HeaderLimits(BytesMax: text.Length)).Parse(input, MethodKind.Get, false));
        ResponseHead small = new(new HeaderLimits(BytesMax: text.Length - 1));
        Assert.Equal(ParseStatus.Rejected, small.Parse(input, MethodKind.Get, false));
        Assert.Equal(Rejection.HeadTooLarge, small.Rejection);
    }

    [Fact]
    public void An_upgrade_of_the_response_before_is_forgotten()
    {
        ResponseHead head = Parse(
            "HTTP/1.1 426 x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", MethodKind.Get);
        Assert.False(head.UpgradeRange.IsEmpty);
        byte[] next = Bytes("HTTP/1.1 426 x\r\nUpgrade: websocket\r\n\r\n");
        Assert.Equal(ParseStatus.Complete, head.Parse(next, MethodKind.Get, false));
        Assert.True(head.UpgradeRange.IsEmpty);
    }

    private static ResponseHead Parse(string text, MethodKind method, bool isUpgrade = false)
    {
        ResponseHead head = NewResponse();
        ParseStatus status = head.Parse(Bytes(text), method, isUpgrade);
        Assert.True(status == ParseStatus.Complete, $"{status} {head.Rejection}: {text}");
        return head;
    }
}
