using System.Text;
using Serval.Bench.Load.Messages;

namespace Serval.Bench.Load.Tests;

public class MessageHeadTests
{
    private const string Response =
        "HTTP/1.1 200 OK\r\nDate: today\r\ncontent-LENGTH: 128\r\nX-Bench-Id: 0000002a\r\n\r\n";

    [Fact]
    public void A_response_head_is_read_whole()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(Response + "body");
        Assert.Equal(HeadOutcome.Complete, MessageHead.Read(bytes, out MessageHead head));
        Assert.Equal(200, head.Status);
        Assert.Equal(128, head.ContentLength);
        Assert.Equal(42u, head.Id);
        Assert.Equal(Response.Length, head.Length);
    }

    [Fact]
    public void A_head_cut_anywhere_is_incomplete()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(Response);
        for (int i = 0; i < bytes.Length; i++)
        {
            Assert.Equal(HeadOutcome.Incomplete, MessageHead.Read(bytes.AsSpan(0, i), out _));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\nA: b\n\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 12x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Bench-Id: zz\r\n\r\n")]
    public void What_the_origin_would_not_have_sent_is_malformed(string text) =>
        Assert.Equal(HeadOutcome.Malformed, MessageHead.Read(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void A_request_tells_its_sizes_and_the_headers_that_the_proxy_added()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(
            "POST /b/16384/77 HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 1\r\nx-forwarded-proto: http\r\n"
            + "X-Forwarded-Host: h\r\nVia: 1.1 x\r\n\r\n");
        Assert.Equal(HeadOutcome.Complete, MessageHead.Read(bytes, out MessageHead head));
        Assert.True(head.TryReadSizes(out long down, out long up));
        Assert.Equal((16384, 77), (down, up));
        Assert.Equal(ForwardedHeaders.All, head.Forwarded);
        Assert.Equal(-1, head.ContentLength);
    }

    [Fact]
    public void An_outgoing_message_reads_back_with_its_id_and_body()
    {
        OutgoingMessage message = new("HTTP/1.1 200 OK\r\n", 5000);
        message.PatchId(0xdeadbeef);
        Assert.Equal(HeadOutcome.Complete, MessageHead.Read(message.Piece, out MessageHead head));
        Assert.Equal(0xdeadbeef, head.Id);
        Assert.Equal(5000, head.ContentLength);
        Assert.True(Pattern.Holds(message.Piece[head.Length..], 0));
        Assert.Equal(5000, message.Piece.Length - head.Length);
    }
}
