using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.DataPlane.Tls;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Filtering;

public sealed class RequestHeadWriterTests
{
    [Fact]
    public void A_request_goes_on_with_its_end_to_end_headers_and_the_facts()
    {
        using FilterBench bench = new();
        Assert.Equal(
            "GET /a?b HTTP/1.1\r\nHost: a\r\nAccept: x\r\nCookie:  y \r\nVia: 1.0 cdn\r\n" + FilterBench.Facts
                + "\r\n",
            bench.Request(
                "GET /a?b HTTP/1.1\r\nAccept: x\r\nHost: a\r\nConnection: close, X-Gone\r\nX_U: 1\r\n"
                + "X-Gone: 1\r\n"
                + "X-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nCookie:  y \r\nVia: 1.0 cdn\r\n\r\n"
                + ""));
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\n", "Content-Length: 5\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "Content-Length: 0\r\n")]
    [InlineData(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n", "Transfer-Encoding: chunked\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n", "Connection: TE\r\nTE: trailers\r\n")]
    [InlineData(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\n")]
    [InlineData(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nTE: trailers\r\n\r\n",
        "Connection: Upgrade, TE\r\nUpgrade: websocket\r\nTE: trailers\r\n")]
    [InlineData(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, http2-settings\r\nUpgrade: h2c\r\n"
            + "HTTP2-Settings: x\r\n\r\n",
        "")]
    [InlineData(
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
        "Expect: 100-continue\r\nContent-Length: 5\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", "")]
    public void Framing_and_hop_fields_are_written_from_what_was_parsed(string text, string expected)
    {
        using FilterBench bench = new();
        string method = text[..text.IndexOf(' ')];
        Assert.Equal(
            $"{method} / HTTP/1.1\r\nHost: a\r\n{expected}{FilterBench.Facts}\r\n", bench.Request(text));
    }

    [Fact]
    public void A_downstream_cannot_nominate_the_facts_away()
    {
        using FilterBench bench = new();
        Assert.Equal(
            "GET / HTTP/1.1\r\nHost: a\r\n" + FilterBench.Facts + "\r\n",
            bench.Request(
                "GET / HTTP/1.1\r\nHost: a\r\n"
                + "Connection: X-Forwarded-For, x-forwarded-proto, X-Request-Id, Via\r\nVia: 1.1 x\r\n\r\n"));
    }

    [Theory]
    [InlineData("GET http://B.c:81 HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: B.c:81\r\n")]
    [InlineData("GET http://b/x?y HTTP/1.1\r\nHost: a\r\n\r\n", "GET /x?y HTTP/1.1\r\nHost: b\r\n")]
    [InlineData("GET http://b?y HTTP/1.1\r\nHost: a\r\n\r\n", "GET /?y HTTP/1.1\r\nHost: b\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n")]
    [InlineData("OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: b\r\n")]
    [InlineData("GET /? HTTP/1.1\r\nHost: a\r\n\r\n", "GET /? HTTP/1.1\r\nHost: a\r\n")]
    [InlineData("GET /%7e//; HTTP/1.1\r\nHost: a\r\n\r\n", "GET /%7e//; HTTP/1.1\r\nHost: a\r\n")]
    public void Every_target_form_goes_on_in_origin_form(string text, string start)
    {
        using FilterBench bench = new();
        Assert.StartsWith(start, bench.Request(text), StringComparison.Ordinal);
    }

    [Fact]
    public void An_http_10_request_goes_on_as_11_and_says_so()
    {
        using FilterBench bench = new();
        Assert.Equal(
            "GET / HTTP/1.1\r\nHost: \r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\n"
            + "X-Forwarded-Port: 80\r\nX-Request-Id: 0123456789abcdef00000000000000ff\r\n"
            + "traceparent: 00-0123456789abcdef00000000000000ff-0123456789abcd10-00\r\n"
            + "Via: 1.0 serval\r\n\r\n",
            bench.Request("GET / HTTP/1.0\r\n\r\n"));
    }

    [Fact]
    public void The_scheme_and_port_are_those_of_the_listener()
    {
        using FilterBench bench = new() { IsHttps = true, ListenerPort = 8443 };
        string written = bench.Request("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Contains(
            "\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 8443\r\n", written, StringComparison.Ordinal);
    }

    [Fact]
    public void The_host_goes_on_with_the_port_that_was_asked_for()
    {
        using FilterBench bench = new();
        string written = bench.Request("GET / HTTP/1.1\r\nHost: a:8443\r\n\r\n");
        Assert.Contains("\r\nX-Forwarded-Host: a:8443\r\n", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_certificate_of_the_client_nothing_is_said_of_one()
    {
        ListenerSecurity security = new()
        {
            IsPassthrough = false,
            IsHttp = true,
            Choices = [],
            SubjectHeader = Bytes("x-client-subject"),
            NamesHeader = Bytes("x-client-names"),
            FingerprintHeader = Bytes("x-client-fingerprint"),
        };
        using FilterBench bench = new() { Security = security };
        string written = bench.Request("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.DoesNotContain("x-client-subject", written, StringComparison.Ordinal);
        Assert.DoesNotContain("x-client-names", written, StringComparison.Ordinal);
        Assert.DoesNotContain("x-client-fingerprint", written, StringComparison.Ordinal);
    }

    // The table of the Gateway API's HTTPPathModifier.
    [Theory]
    [InlineData("/foo/bar", "/foo", "/xyz", "/xyz/bar")]
    [InlineData("/foo/bar", "/foo", "/xyz/", "/xyz/bar")]
    [InlineData("/foo/bar", "/foo/", "/xyz", "/xyz/bar")]
    [InlineData("/foo/bar", "/foo/", "/xyz/", "/xyz/bar")]
    [InlineData("/foo", "/foo", "/xyz", "/xyz")]
    [InlineData("/foo/", "/foo", "/xyz", "/xyz/")]
    [InlineData("/foo/bar", "/foo", "", "/bar")]
    [InlineData("/foo/", "/foo", "", "/")]
    [InlineData("/foo", "/foo", "", "/")]
    [InlineData("/foo/", "/foo", "/", "/")]
    [InlineData("/foo", "/foo", "/", "/")]
    [InlineData("/foo/bar", "/", "/xyz", "/xyz/foo/bar")]
    [InlineData("/foo//bar", "/foo", "/", "/bar")]
    [InlineData("/foo/bar", "/foo", "//", "/bar")]
    public void A_prefix_is_replaced_by_the_table(
        string path, string prefix, string replacement, string expected)
    {
        RewriteFilter rewrite = new() { Path = new PathChange(PathChangeKind.ReplacePrefix, replacement) };
        using FilterBench bench = new(prefix, [rewrite]);
        string written = bench.Request($"GET {path}?q=/foo HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith(
            $"GET {expected}?q=/foo HTTP/1.1\r\nHost: a\r\n", written, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_path_and_a_host_are_replaced_and_the_query_stays()
    {
        RewriteFilter rewrite = new()
        {
            Hostname = "b.example",
            Path = new PathChange(PathChangeKind.ReplaceFull, "/new"),
        };
        using FilterBench bench = new("/", [rewrite]);
        Assert.Equal(
            "GET /new?q HTTP/1.1\r\nHost: b.example\r\n" + FilterBench.Facts + "\r\n",
            bench.Request("GET /old?q HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.StartsWith(
            "OPTIONS * HTTP/1.1\r\n", bench.Request("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_backends_rewrite_has_the_last_word_on_what_it_changes()
    {
        PathChange rulePath = new(PathChangeKind.ReplaceFull, "/rule");
        PathChange backendPath = new(PathChangeKind.ReplaceFull, "/backend");
        using FilterBench bench = new(
            "/", [new RewriteFilter { Hostname = "rule", Path = rulePath }],
            [new RewriteFilter { Path = backendPath }]);
        Assert.StartsWith(
            "GET /backend HTTP/1.1\r\nHost: rule\r\n", bench.Request("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Edits_apply_one_after_the_other_without_regard_to_case()
    {
        HeaderEdits rule = new()
        {
            Remove = ["x-drop", "X-Never"],
            Set = [new HeaderValue("X-Set", "1"), new HeaderValue("X-Both", "rule"),
                new HeaderValue("X-Gone", "1")],
            Add = [new HeaderValue("X-Add", "2")],
        };
        HeaderEdits backend = new()
        {
            Remove = ["x-gone"],
            Set = [new HeaderValue("x-both", "backend")],
            Add = [new HeaderValue("x-set", "3")],
        };
        using FilterBench bench =
            new("/", [new RequestHeaderFilter(rule)], [new RequestHeaderFilter(backend)]);
        Assert.Equal(
            "GET / HTTP/1.1\r\nHost: a\r\nX-Keep: 1\r\nX-ADD: 1\r\nX-Keep: 2\r\n"
            + "X-Set: 1\r\nX-Add: 2\r\nx-both: backend\r\nx-set: 3\r\n" + FilterBench.Facts + "\r\n",
            bench.Request(
                "GET / HTTP/1.1\r\nHost: a\r\nX-Drop: 1\r\nX-Keep: 1\r\nX-ADD: 1\r\nX-DROP: 2\r\nx-set: 0\r\n"
                + "X-Keep: 2\r\nX-Both: 0\r\nX-Gone: 0\r\n\r\n"));
    }

    [Fact]
    public void The_next_edit_already_undoes_the_one_before()
    {
        HeaderEdits rule = new() { Set = [new HeaderValue("X-A", "1")] };
        HeaderEdits backend = new() { Remove = ["X-A"] };
        using FilterBench bench =
            new("/", [new RequestHeaderFilter(rule)], [new RequestHeaderFilter(backend)]);
        Assert.Equal(
            "GET / HTTP/1.1\r\nHost: a\r\n" + FilterBench.Facts + "\r\n",
            bench.Request("GET / HTTP/1.1\r\nHost: a\r\nX-A: 0\r\n\r\n"));
    }

    [Fact]
    public void Edits_cannot_reach_what_routes_or_frames()
    {
        string[] names =
        [
            "content-length", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade",
            "Proxy-Connection", "HTTP2-Settings", "Expect",
        ];
        HeaderEdits edits = new()
        {
            Remove = [.. names],
            Set = [.. names.Select(name => new HeaderValue(name, "evil"))],
            Add = [.. names.Select(name => new HeaderValue(name, "evil"))],
        };
        const string text = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
        using FilterBench plain = new();
        using FilterBench edited = new("/", [new RequestHeaderFilter(edits)]);
        Assert.Equal(plain.Request(text), edited.Request(text));
    }

    [Fact]
    public void Edits_may_replace_what_serval_says_of_the_downstream()
    {
        HeaderEdits edits = new()
        {
            Remove = ["Via", "X-Request-Id", "X-Forwarded-For", "traceparent"],
            Set = [new HeaderValue("X-Forwarded-Proto", "https"), new HeaderValue("X-Forwarded-Host", "b")],
            Add = [new HeaderValue("X-Forwarded-Port", "443")],
        };
        using FilterBench bench = new("/", [new RequestHeaderFilter(edits)]);
        Assert.Equal(
            "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\n"
            + "X-Forwarded-Port: 443\r\n"
            + "X-Forwarded-Port: 80\r\n\r\n",
            bench.Request("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: gopher\r\n\r\n"));
    }

    [Fact]
    public void An_output_one_byte_too_small_is_left_alone()
    {
        HeaderEdits edits = new() { Set = [new HeaderValue("X-Set", "1")] };
        using FilterBench bench = new("/", [new RequestHeaderFilter(edits)]);
        byte[] input =
            Bytes("POST /a?b HTTP/1.1\r\nHost: a\r\nAccept: x\r\nTE: trailers\r\nContent-Length: 5\r\n\r\n");
        string written = bench.Request(Text(input));
        RouteHit hit = bench.Find(input);
        for (int room = 0; room < written.Length; room++)
            Assert.Equal(-1, bench.Request(input, hit, new byte[room]));
        Assert.Equal(written.Length, bench.Request(input, hit, new byte[written.Length]));
    }
}
