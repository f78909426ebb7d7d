using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Http1;

public sealed class RequestHeadTests
{
    [Fact]
    public void A_browser_request_is_taken_apart()
    {
        const string text =
            "GET /shop/a.html?id=7&x HTTP/1.1\r\nHost: Shop.Example:8080\r\nAccept:  */* \r\n\r\nrest";
        byte[] input = Bytes(text);
        RequestHead head = Parse(text);

        Assert.Equal(MethodKind.Get, head.MethodKind);
        Assert.Equal("/shop/a.html", Text(head.PathRange.Of(input)));
        Assert.True(head.HasQuery);
        Assert.Equal("id=7&x", Text(head.QueryRange.Of(input)));
        Assert.Equal("Shop.Example:8080", Text(head.Authority.Of(input)));
        Assert.Equal("Shop.Example", Text(head.Host.Of(input)));
        Assert.Equal(8080, head.Port);
        Assert.Equal(1, head.HttpMinor);
        Assert.Equal(input.Length - 4, head.Length);
        Assert.Equal(2, head.Count);
        Assert.Equal("*/*", Text(head[1].Value(input)));
        Assert.True(head.KeepsAlive);
        Assert.False(head.HasBody);
        Assert.Equal(-1, head.ContentLength);
    }

    [Theory]
    [InlineData("GET", MethodKind.Get)]
    [InlineData("HEAD", MethodKind.Head)]
    [InlineData("POST", MethodKind.Post)]
    [InlineData("PUT", MethodKind.Put)]
    [InlineData("DELETE", MethodKind.Delete)]
    [InlineData("OPTIONS", MethodKind.Options)]
    [InlineData("PATCH", MethodKind.Patch)]
    [InlineData("get", MethodKind.Other)]
    [InlineData("PROPFIND", MethodKind.Other)]
    public void Methods_are_case_sensitive_and_unknown_ones_pass(string method, object kind) =>
        Assert.Equal((MethodKind)kind, Parse($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n").MethodKind);

    [Theory]
    [InlineData("GET http://B.example:81/p?q HTTP/1.1\r\nHost: a\r\n\r\n", "/p", "q", "B.example", 81)]
    [InlineData("GET HTTPS://b/ HTTP/1.1\r\nHost: a\r\n\r\n", "/", "", "b", 0)]
    [InlineData("GET http://b HTTP/1.1\r\nHost: a\r\n\r\n", "/", "", "b", 0)]
    [InlineData("GET http://b?q HTTP/1.1\r\nHost: a\r\n\r\n", "/", "q", "b", 0)]
    [InlineData("OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n", "*", "", "b", 0)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "*", "", "a", 0)]
    [InlineData("GET //x//y HTTP/1.1\r\nHost: a\r\n\r\n", "//x//y", "", "a", 0)]
    [InlineData("GET /? HTTP/1.1\r\nHost: [::1]:65535\r\n\r\n", "/", "", "[::1]", 65535)]
    [InlineData("GET /a?b?c\\|{} HTTP/1.1\r\nHost: a_b-c.d.\r\n\r\n", "/a", "b?c\\|{}", "a_b-c.d.", 0)]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "/", "", "", 0)]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test:\r\n\r\n", "/", "", "a.test", 0)]
    [InlineData("GET http://[::1]:/ HTTP/1.1\r\nHost: a\r\n\r\n", "/", "", "[::1]", 0)]
    public void Every_target_form_yields_path_query_and_host(
        string text, string path, string query, string host, int port)
    {
        RequestHead head = Parse(text);
        byte[] input = Bytes(text);
        Assert.Equal(path, Text(head.Path(input)));
        Assert.Equal(query, Text(head.QueryRange.Of(input)));
        Assert.Equal(host, Text(head.Host.Of(input)));
        Assert.Equal(port, head.Port);
    }

    [Theory]
    [InlineData("/.well-known/x")]
    [InlineData("/...")]
    [InlineData("/a./b../c.")]
    [InlineData("/..a/.b")]
    [InlineData("/a%2ehtml")]
    [InlineData("/a;v=1/b")]
    [InlineData("/%20%7E%C3%A9")]
    public void Dots_that_are_no_dot_segment_pass(string path) =>
        Assert.Equal(path.Length, Parse($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").PathRange.Length);

    [Theory]
    [InlineData("HTTP/1.1", "", true)]
    [InlineData("HTTP/1.1", "Connection: close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: keep-alive, CLOSE\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: x\r\nConnection: close\r\n", false)]
    [InlineData("HTTP/1.1", "Proxy-Connection: close\r\n", true)]
    [InlineData("HTTP/1.0", "", false)]
    [InlineData("HTTP/1.0", "Connection: Keep-Alive\r\n", true)]
    [InlineData("HTTP/1.0", "Connection: keep-alive, close\r\n", false)]
    public void Persistence_follows_version_and_connection(string version, string header, bool keepsAlive) =>
        Assert.Equal(keepsAlive, Parse($"GET / {version}\r\nHost: a\r\n{header}\r\n").KeepsAlive);

    [Theory]
    [InlineData("Connection: upgrade\r\nUpgrade: websocket\r\n", "websocket")]
    [InlineData("Connection: keep-alive, Upgrade\r\nUpgrade: foo/2\r\n", "foo/2")]
    [InlineData("Upgrade: websocket\r\n", "")]
    [InlineData("Connection: upgrade\r\n", "")]
    [InlineData("Connection: upgrade\r\nUpgrade:\r\n", "")]
    [InlineData("Connection: upgrade\r\nUpgrade: a b\r\n", "")]
    [InlineData("Connection: upgrade\r\nUpgrade: /2\r\n", "")]
    [InlineData("Connection: upgrade\r\nUpgrade: foo/\r\n", "")]
    [InlineData("Connection: upgrade\r\nUpgrade: foo/2/3\r\n", "")]
    [InlineData("Connection: upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n", "")]
    [InlineData("Connection: upgrade\r\nUpgrade: websocket, h2c\r\n", "")]
    [InlineData("Connection: upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n", "")]
    [InlineData("Connection: upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n", "")]
    [InlineData("Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n", "websocket")]
    public void An_upgrade_is_one_protocol_asked_for_on_the_connection(
        string header, string protocol)
    {
        string text = $"GET / HTTP/1.1\r\nHost: a\r\n{header}\r\n";
        RequestHead head = Parse(text);
        Assert.Equal(protocol, Text(head.UpgradeRange.Of(Bytes(text))));
        Assert.Equal(protocol.Length > 0, head.IsUpgrade);
    }

    [Fact]
    public void An_upgrade_means_nothing_in_http_10() => Assert.False(
        Parse("GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n").IsUpgrade);

    [Fact]
    public void An_upgrade_of_the_request_before_is_forgotten()
    {
        RequestHead head = Parse(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
        Assert.True(head.IsUpgrade);
        byte[] next = Bytes("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n");
        Assert.Equal(ParseStatus.Complete, head.Parse(next));
        Assert.False(head.IsUpgrade);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", false)]
    [InlineData("POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", false)]
    public void An_expectation_counts_only_with_a_body_in_http_11(string text, bool isExpected)
    {
        RequestHead head = Parse(text);
        Assert.Equal(isExpected, head.ExpectsContinue);
        Assert.Equal(!isExpected, head[head.Count - 1].IsDropped);
    }

    [Theory]
    [InlineData("TE: trailers", true)]
    [InlineData("TE: deflate, Trailers ", true)]
    [InlineData("TE: trailers;q=0", false)]
    [InlineData("TE: gzip", false)]
    [InlineData("TE: trailers\r\nTE: gzip", true)]
    public void Trailers_are_accepted_by_name(string header, bool isAccepted) => Assert.Equal(
        isAccepted, Parse($"GET / HTTP/1.1\r\nHost: a\r\n{header}\r\n\r\n").AcceptsTrailers);

    [Theory]
    [InlineData("Accept: x", "EndToEnd")]
    [InlineData("Authorization: x", "EndToEnd")]
    [InlineData("Proxy-Authorization: x", "EndToEnd")]
    [InlineData("Via: 1.1 cdn", "EndToEnd")]
    [InlineData("X-Forwarded: x", "EndToEnd")]
    [InlineData("Content-Length: 5", "Rewritten")]
    [InlineData("Transfer-Encoding: chunked", "Rewritten")]
    [InlineData("Connection: x", "HopByHop")]
    [InlineData("Keep-Alive: x", "HopByHop")]
    [InlineData("Proxy-Connection: x", "HopByHop")]
    [InlineData("TE: x", "HopByHop")]
    [InlineData("Trailer: x", "EndToEnd")]
    [InlineData("Upgrade: x", "HopByHop")]
    [InlineData("HTTP2-Settings: x", "HopByHop")]
    [InlineData("x-forwarded-for: x", "Untrusted")]
    [InlineData("X-Forwarded-Client-Cert: x", "Untrusted")]
    [InlineData("Forwarded: x", "Untrusted")]
    [InlineData("X-Real-IP: x", "Untrusted")]
    [InlineData("X-Request-ID: x", "Untrusted")]
    [InlineData("CF-Connecting-IP: x", "Untrusted")]
    [InlineData("True-Client-IP: x", "Untrusted")]
    [InlineData("Proxy: x", "Untrusted")]
    [InlineData("X_Forwarded_For: x", "Ambiguous")]
    [InlineData("Content_Length: 5", "Ambiguous")]
    [InlineData("Transfer_Encoding: chunked", "Ambiguous")]
    public void Each_header_has_one_use(string header, string use)
    {
        string text = $"GET / HTTP/1.1\r\nHost: a\r\n{header}\r\n\r\n";
        RequestHead head = Parse(text);
        Assert.Equal(use, head[1].Use.ToString());
        Assert.Equal(use == "Ambiguous" ? 1 : 0, head.AmbiguousDropped);
        RequestHeaderView view = new(head, Bytes(text));
        Assert.Equal(use is "Ambiguous" or "Untrusted", view.Name(1).IsEmpty);
        Assert.Equal(2, view.Count);
    }

    [Fact]
    public void Nominated_headers_end_here_and_the_rest_do_not()
    {
        RequestHead head = Parse(
            "GET / HTTP/1.1\r\nX-A: 1\r\nHost: a\r\nConnection: , x-a ,TE,X-B\r\nX-B: 2\r\nX-C: 3\r\n"
                + "X-A: 4\r\n\r\n");
        HeaderUse[] uses = new HeaderUse[head.Count];
        for (int i = 0; i < uses.Length; i++)
            uses[i] = head[i].Use;
        HeaderUse[] expected =
        [
            HeaderUse.HopByHop, HeaderUse.Rewritten, HeaderUse.HopByHop, HeaderUse.HopByHop,
            HeaderUse.EndToEnd,
            HeaderUse.HopByHop,
        ];
        Assert.Equal(expected, uses);
    }

    [Fact]
    public void Nominating_an_untrusted_header_does_not_show_it_to_routes()
    {
        const string text =
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Real-IP, x_u\r\nX-Real-IP: 1\r\nx_u: 1\r\n\r\n";
        RequestHeaderView view = new(Parse(text), Bytes(text));
        Assert.True(view.Name(2).IsEmpty);
        Assert.True(view.Name(3).IsEmpty);
        Assert.Equal("Connection", Text(view.Name(1)));
    }

    [Theory]
    [InlineData("ExAmple.COM", "example.com")]
    [InlineData("a.b.:80", "a.b")]
    [InlineData("[2001:DB8::F]:80", "[2001:db8::f]")]
    public void The_host_is_compared_in_lower_case_without_a_trailing_dot(string host, string expected)
    {
        string text = $"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n";
        Span<byte> lower = stackalloc byte[HeaderLimits.HostBytesMax];
        int length = Parse(text).CopyHostLower(Bytes(text), lower);
        Assert.Equal(expected, Text(lower[..length]));
    }

    [Fact]
    public void Obs_text_is_allowed_in_values()
    {
        const string text = "GET / HTTP/1.1\r\nHost: a\r\nX: \u0080\u00FF\t!\r\n\r\n";
        Assert.Equal("\u0080\u00FF\t!", Text(Parse(text)[1].Value(Bytes(text))));
    }

    [Fact]
    public void A_refused_head_shows_nothing_of_the_one_before()
    {
        RequestHead head = NewRequest();
        Assert.Equal(ParseStatus.Complete, head.Parse(Bytes(HeadText.ValidRequests[3])));
        Assert.Equal(ParseStatus.Rejected, head.Parse(Bytes("\0")));
        Assert.Equal(0, head.Count);
        Assert.True(head.MethodRange.IsEmpty && head.PathRange.IsEmpty && head.QueryRange.IsEmpty);
        Assert.True(head.Authority.IsEmpty && head.Host.IsEmpty && head.UpgradeRange.IsEmpty);
    }
}
