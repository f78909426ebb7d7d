using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Http1;

/// <summary>What hostile or broken peers send, each with the one reason that refuses it.</summary>
public sealed class RequestHeadRejectionTests
{
    [Theory]
    [InlineData("\x16\x03\x01\x02", Rejection.TlsOnPlainPort, 400)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Rejection.Http2Preface, 505)]
    [InlineData("GET / HTTP/2.0\r\n", Rejection.UnsupportedVersion, 505)]
    [InlineData("FOO / HTTP/3.0\r\n", Rejection.UnsupportedVersion, 505)]
    [InlineData("PURGE / HTTP/2.0\r\n", Rejection.UnsupportedVersion, 505)]
    [InlineData("GET / HTTP/0.9\r\n", Rejection.UnsupportedVersion, 505)]
    [InlineData("GET / HTTP/1.10\r\n", Rejection.BadRequestLine, 400)]
    [InlineData("GET / http/1.1\r\n", Rejection.BadRequestLine, 400)]
    [InlineData("GET / HTTP/1,1\r\n", Rejection.BadRequestLine, 400)]
    [InlineData("GET / HTTP/1.1 \r\n", Rejection.BadRequestLine, 400)]
    [InlineData("GET / HTTP/1.1\rX", Rejection.BareCarriageReturn, 400)]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n", Rejection.BareLineFeed, 400)]
    [InlineData("GET /\r\n", Rejection.BadRequestLine, 400)]
    [InlineData("GET /\n", Rejection.BareLineFeed, 400)]
    [InlineData("GET\r\n", Rejection.BadRequestLine, 400)]
    [InlineData("GET\n", Rejection.BareLineFeed, 400)]
    [InlineData("GET  / HTTP/1.1\r\n", Rejection.BadRequestLine, 400)]
    [InlineData("GET\t/ HTTP/1.1\r\n", Rejection.BadRequestLine, 400)]
    [InlineData("GET /  HTTP/1.1\r\n", Rejection.BadRequestLine, 400)]
    [InlineData("GET /a b HTTP/1.1\r\n", Rejection.BadRequestLine, 400)]
    [InlineData(" GET / HTTP/1.1\r\n", Rejection.BadRequestLine, 400)]
    [InlineData("G(T / HTTP/1.1\r\n", Rejection.BadRequestLine, 400)]
    [InlineData("\n", Rejection.BareLineFeed, 400)]
    [InlineData("\rGET / HTTP/1.1\r\n", Rejection.BareCarriageReturn, 400)]
    [InlineData("\r\n\r\n\r\n", Rejection.TooManyEmptyLines, 400)]
    [InlineData("CONNECT a:443 HTTP/1.1\r\n", Rejection.ConnectMethod, 405)]
    [InlineData("GET a:443 HTTP/1.1\r\n", Rejection.BadTarget, 400)]
    [InlineData("GET a/b HTTP/1.1\r\n", Rejection.BadTarget, 400)]
    [InlineData("GET * HTTP/1.1\r\n", Rejection.BadTarget, 400)]
    [InlineData("OPTIONS ** HTTP/1.1\r\n", Rejection.BadTarget, 400)]
    [InlineData("GET ftp://a/ HTTP/1.1\r\n", Rejection.BadTarget, 400)]
    [InlineData("GET http:/a HTTP/1.1\r\n", Rejection.BadTarget, 400)]
    [InlineData("GET http:///a HTTP/1.1\r\n", Rejection.HostInvalid, 400)]
    [InlineData("GET http://u@a/ HTTP/1.1\r\n", Rejection.HostInvalid, 400)]
    [InlineData("GET http://u:p@a/ HTTP/1.1\r\n", Rejection.HostInvalid, 400)]
    [InlineData("GET http://a#f HTTP/1.1\r\n", Rejection.TargetFragment, 400)]
    [InlineData("GET /#f HTTP/1.1\r\n", Rejection.TargetFragment, 400)]
    [InlineData("GET /?#f HTTP/1.1\r\n", Rejection.TargetFragment, 400)]
    [InlineData("GET /\x01 HTTP/1.1\r\n", Rejection.BadTarget, 400)]
    [InlineData("GET /\x7f HTTP/1.1\r\n", Rejection.BadTarget, 400)]
    [InlineData("GET /\0 HTTP/1.1\r\n", Rejection.BadTarget, 400)]
    [InlineData("GET /\u00e9 HTTP/1.1\r\n", Rejection.BadTarget, 400)]
    [InlineData("GET /?\u0080 HTTP/1.1\r\n", Rejection.BadTarget, 400)]
    [InlineData("GET /a\\b HTTP/1.1\r\n", Rejection.PathBackslash, 400)]
    [InlineData("GET /a%5Cb HTTP/1.1\r\n", Rejection.PathBackslash, 400)]
    [InlineData("GET /a%00 HTTP/1.1\r\n", Rejection.PathNul, 400)]
    [InlineData("GET /% HTTP/1.1\r\n", Rejection.PathEncoding, 400)]
    [InlineData("GET /%2 HTTP/1.1\r\n", Rejection.PathEncoding, 400)]
    [InlineData("GET /%2?a HTTP/1.1\r\n", Rejection.PathEncoding, 400)]
    [InlineData("GET /%zz HTTP/1.1\r\n", Rejection.PathEncoding, 400)]
    internal void A_request_line_with_two_readings_is_refused(string text, Rejection reason, int status) =>
        AssertRefused(text, reason, status);

    [Theory]
    [InlineData("", Rejection.HostMissing)]
    [InlineData("Host: a\r\nhost: a\r\n", Rejection.HostDuplicate)]
    [InlineData("Host:\r\n", Rejection.HostInvalid)]
    [InlineData("Host: a b\r\n", Rejection.HostInvalid)]
    [InlineData("Host: a,b\r\n", Rejection.HostInvalid)]
    [InlineData("Host: a/b\r\n", Rejection.HostInvalid)]
    [InlineData("Host: u@a\r\n", Rejection.HostInvalid)]
    [InlineData("Host: a%41\r\n", Rejection.HostInvalid)]
    [InlineData("Host: \u00e9\r\n", Rejection.HostInvalid)]
    [InlineData("Host: a..b\r\n", Rejection.HostInvalid)]
    [InlineData("Host: .a\r\n", Rejection.HostInvalid)]
    [InlineData("Host: .\r\n", Rejection.HostInvalid)]
    [InlineData("Host: a:0\r\n", Rejection.HostInvalid)]
    [InlineData("Host: a:+1\r\n", Rejection.HostInvalid)]
    [InlineData("Host: a:65536\r\n", Rejection.HostInvalid)]
    [InlineData("Host: a:000080\r\n", Rejection.HostInvalid)]
    [InlineData("Host: a:80:80\r\n", Rejection.HostInvalid)]
    [InlineData("Host: :80\r\n", Rejection.HostInvalid)]
    [InlineData("Host: ::1\r\n", Rejection.HostInvalid)]
    [InlineData("Host: []\r\n", Rejection.HostInvalid)]
    [InlineData("Host: [::1\r\n", Rejection.HostInvalid)]
    [InlineData("Host: [::1]x\r\n", Rejection.HostInvalid)]
    [InlineData("Host: [::1%25eth0]\r\n", Rejection.HostInvalid)]
    [InlineData("Host: [1.2.3.4]\r\n", Rejection.HostInvalid)]
    [InlineData("Host: [:::::]\r\n", Rejection.HostInvalid)]
    [InlineData("Host: [v1.a:b]\r\n", Rejection.HostInvalid)]
    internal void A_host_is_there_once_and_is_one(string headers, Rejection reason) =>
        AssertRefused($"GET / HTTP/1.1\r\n{headers}\r\n", reason, 400);

    [Theory]
    [InlineData("GET http://a/ HTTP/1.1\r\n\r\n", Rejection.HostMissing)]
    [InlineData("GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n", Rejection.HostInvalid)]
    [InlineData("GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", Rejection.HostDuplicate)]
    [InlineData("GET / HTTP/1.0\r\nHost:\r\n\r\n", Rejection.HostInvalid)]
    internal void An_absolute_target_or_an_old_version_does_not_excuse_a_bad_host(
        string text, Rejection reason) =>
        AssertRefused(text, reason, 400);

    [Theory]
    [InlineData("Content-Length: +5", Rejection.ContentLengthInvalid, 400)]
    [InlineData("Content-Length: -5", Rejection.ContentLengthInvalid, 400)]
    [InlineData("Content-Length: 0x5", Rejection.ContentLengthInvalid, 400)]
    [InlineData("Content-Length: 1_0", Rejection.ContentLengthInvalid, 400)]
    [InlineData("Content-Length: 5 5", Rejection.ContentLengthInvalid, 400)]
    [InlineData("Content-Length: 5,5", Rejection.ContentLengthInvalid, 400)]
    [InlineData("Content-Length: 5, 6", Rejection.ContentLengthInvalid, 400)]
    [InlineData("Content-Length: 1.0", Rejection.ContentLengthInvalid, 400)]
    [InlineData("Content-Length: \u00b2", Rejection.ContentLengthInvalid, 400)]
    [InlineData("Content-Length:", Rejection.ContentLengthInvalid, 400)]
    [InlineData("Content-Length: 9223372036854775808", Rejection.ContentLengthInvalid, 400)]
    [InlineData("Content-Length: 18446744073709551621", Rejection.ContentLengthInvalid, 400)]
    [InlineData("Content-Length: 5\r\nContent-Length: 5", Rejection.ContentLengthDuplicate, 400)]
    [InlineData("Content-Length: 5\r\ncontent-length: 6", Rejection.ContentLengthDuplicate, 400)]
    [InlineData("Content-Length: 0\r\nContent-Length: 5", Rejection.ContentLengthDuplicate, 400)]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked", Rejection.LengthAndTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 0", Rejection.LengthAndTransferEncoding, 400)]
    [InlineData(
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", Rejection.TransferEncodingDuplicate, 400)]
    [InlineData(
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x", Rejection.TransferEncodingDuplicate, 400)]
    [InlineData("Transfer-Encoding: chunked, chunked", Rejection.TransferEncodingInvalid, 400)]
    [InlineData("Transfer-Encoding: chunked, identity", Rejection.TransferEncodingInvalid, 400)]
    [InlineData("Transfer-Encoding: gzip, chunked", Rejection.TransferEncodingInvalid, 400)]
    [InlineData("Transfer-Encoding: xchunked", Rejection.TransferEncodingInvalid, 400)]
    [InlineData("Transfer-Encoding: chunked;q=1", Rejection.TransferEncodingInvalid, 400)]
    [InlineData("Transfer-Encoding: \"chunked\"", Rejection.TransferEncodingInvalid, 400)]
    [InlineData("Transfer-Encoding: \u000bchunked", Rejection.BadHeaderValue, 400)]
    [InlineData("Transfer-Encoding:", Rejection.TransferEncodingInvalid, 400)]
    [InlineData("Transfer-Encoding: gzip", Rejection.TransferCodingUnknown, 501)]
    [InlineData("Transfer-Encoding: identity", Rejection.TransferCodingUnknown, 501)]
    [InlineData("Connection: Content-Length", Rejection.ConnectionNamesProtected, 400)]
    [InlineData("Connection: close, host", Rejection.ConnectionNamesProtected, 400)]
    [InlineData("Connection: a b", Rejection.ConnectionInvalid, 400)]
    [InlineData("Connection: a;b", Rejection.ConnectionInvalid, 400)]
    [InlineData("Connection: a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", Rejection.ConnectionTooManyFields, 400)]
    [InlineData("Expect: 200-ok", Rejection.ExpectationUnknown, 417)]
    internal void Framing_with_two_readings_is_refused(string header, Rejection reason, int status) =>
        AssertRefused($"POST / HTTP/1.1\r\nHost: a\r\n{header}\r\n\r\n", reason, status);

    [Theory]
    [InlineData("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", Rejection.TraceMethod, 405)]
    [InlineData("OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: -1\r\n\r\n", Rejection.MaxForwardsInvalid,
        400)]
    [InlineData("OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards:\r\n\r\n", Rejection.MaxForwardsInvalid, 400)]
    [InlineData(
        "OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 1\r\nMax-Forwards: 1\r\n\r\n",
        Rejection.MaxForwardsInvalid, 400)]
    [InlineData(
        "OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 1000000000\r\n\r\n", Rejection.MaxForwardsInvalid,
            400)]
    internal void Methods_that_ask_the_way_are_read_by_their_rules(
        string text, Rejection reason, int status) =>
        AssertRefused(text, reason, status);

    [Theory]
    [InlineData("", Rejection.None)]
    [InlineData("Max-Forwards: 1\r\n", Rejection.None)]
    [InlineData("Max-Forwards: 0\r\n", Rejection.TraceMethod)]
    [InlineData("Content-Length: 1\r\n", Rejection.TraceWithBody)]
    internal void Trace_passes_only_where_it_is_allowed_and_never_with_a_body(string lines, Rejection reason)
    {
        RequestHead head = new(new HeaderLimits(), new RequestPolicy(ForwardsTrace: true));
        head.Parse(Bytes($"TRACE / HTTP/1.1\r\nHost: a\r\n{lines}\r\n"));
        Assert.Equal(reason, head.Rejection);
    }

    [Fact]
    public void A_refused_request_keeps_what_was_read_for_its_record()
    {
        RequestHead head = NewRequest();
        byte[] input = Bytes("GET /a%zz HTTP/1.1\r\nHost: a.test\r\n\r\n");
        Assert.Equal(ParseStatus.Rejected, head.Parse(input));
        Assert.Equal("GET", Text(head.MethodRange.Of(input)));
        Assert.Equal("/a", Text(head.PathRange.Of(input)));
        input = Bytes("GET /b HTTP/1.1\r\nHost: b.test\r\nA : b\r\n\r\n");
        Assert.Equal(ParseStatus.Rejected, head.Parse(input));
        Assert.Equal("/b", Text(head.PathRange.Of(input)));
        Assert.Equal("b.test", Text(head.Host.Of(input)));
    }

    [Fact]
    public void Chunks_are_unknown_to_http_10() => AssertRefused(
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Rejection.TransferEncodingInHttp10, 400);

    [Theory]
    [InlineData("A : b\r\n", Rejection.SpaceBeforeColon)]
    [InlineData("Content-Length : 5\r\n", Rejection.SpaceBeforeColon)]
    [InlineData("A\t: b\r\n", Rejection.SpaceBeforeColon)]
    [InlineData(" A: b\r\n", Rejection.ObsoleteFold)]
    [InlineData("A: b\r\n c\r\n", Rejection.ObsoleteFold)]
    [InlineData("A: b\r\n\tc\r\n", Rejection.ObsoleteFold)]
    [InlineData(": b\r\n", Rejection.BadHeaderName)]
    [InlineData("A(: b\r\n", Rejection.BadHeaderName)]
    [InlineData("A\0: b\r\n", Rejection.BadHeaderName)]
    [InlineData("A\u00e9: b\r\n", Rejection.BadHeaderName)]
    [InlineData("A_\u00e9: b\r\n", Rejection.BadHeaderName)]
    [InlineData("A\r\n", Rejection.BadHeaderName)]
    [InlineData("A\n", Rejection.BareLineFeed)]
    [InlineData("A: b\n", Rejection.BareLineFeed)]
    [InlineData("A: b\n\r\n", Rejection.BareLineFeed)]
    [InlineData("\n", Rejection.BareLineFeed)]
    [InlineData("A: b\rc\r\n", Rejection.BareCarriageReturn)]
    [InlineData("A: b\r\r\n", Rejection.BareCarriageReturn)]
    [InlineData("\rA: b\r\n", Rejection.BareCarriageReturn)]
    [InlineData("A: \0\r\n", Rejection.BadHeaderValue)]
    [InlineData("A: \x1b\r\n", Rejection.BadHeaderValue)]
    [InlineData("A: \x7f\r\n", Rejection.BadHeaderValue)]
    internal void Header_lines_are_read_by_the_letter(string lines, Rejection reason) =>
        AssertRefused($"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n", reason, 400);

    [Fact]
    public void Every_reason_has_a_label_in_kebab_case()
    {
        foreach (Rejection reason in Enum.GetValues<Rejection>())
        {
            Assert.Matches("^[a-z]+[0-9]*(-[a-z0-9]+)*$", reason.Text());
            Assert.Equal(reason.Text(), Text(reason.Utf8Text()));
        }

        Assert.Equal("transfer-encoding-in-http10", Rejection.TransferEncodingInHttp10.Text());
    }

    private static void AssertRefused(string text, Rejection reason, int status)
    {
        RequestHead head = NewRequest();
        byte[] input = Bytes(text);
        Assert.Equal(ParseStatus.Rejected, head.Parse(input));
        Assert.Equal(reason, head.Rejection);
        Assert.Equal(status, head.Rejection.HttpStatus());
        for (int length = 0; length < input.Length; length++)
            Assert.NotEqual(ParseStatus.Complete, head.Parse(input.AsSpan(0, length)));
    }
}
