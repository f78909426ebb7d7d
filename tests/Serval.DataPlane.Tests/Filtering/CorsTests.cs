using Serval.Config.Model;
using Serval.DataPlane.Http;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Filtering;

public sealed class CorsTests
{
    private const string Dated = "Date: " + FilterBench.Date + "\r\n";

    private static readonly CorsFilter Named = new()
    {
        AllowOrigins =
            ["https://www.Example.com", "https://*.example.com:8443", "http://*", "http://10.0.0.7:81"],
        AllowCredentials = true,
        AllowMethods = ["GET", "PUT"],
        AllowHeaders = ["X-One", "X-Two"],
        ExposeHeaders = ["X-Seen", "*"],
        MaxAgeSeconds = 60,
    };

    private static readonly CorsFilter Any = new()
    {
        AllowOrigins = ["*"],
        AllowMethods = ["*"],
        AllowHeaders = ["*"],
        ExposeHeaders = ["*"],
    };

    [Theory]
    [InlineData("https://www.example.com", true)]
    [InlineData("HTTPS://WWW.EXAMPLE.COM", true)]
    [InlineData("https://www.example.com:443", true)]
    [InlineData("https://www.example.com:8443", true)]
    [InlineData("https://www.example.com:0443", true)]
    [InlineData("https://a.b.example.com:8443", true)]
    [InlineData("http://anything", true)]
    [InlineData("http://[::1]", true)]
    [InlineData("http://anything:80", true)]
    [InlineData("http://10.0.0.7:81", true)]
    [InlineData("https://www.example.com:444", false)]
    [InlineData("https://example.com:8443", false)]
    [InlineData("https://.example.com:8443", false)]
    [InlineData("https://badexample.com:8443", false)]
    [InlineData("https://a.example.com", false)]
    [InlineData("http://anything:81", false)]
    [InlineData("https://www.example.com.evil.test", false)]
    [InlineData("https://evil.test/.example.com:8443", false)]
    [InlineData("https://evil.test#.example.com:8443", false)]
    [InlineData("https://user@a.example.com:8443", false)]
    [InlineData("https://www.example.com:+443", false)]
    [InlineData("https://www.example.com:", false)]
    [InlineData("https://www.example.com:99999", false)]
    [InlineData("ftp://www.example.com", false)]
    [InlineData("www.example.com", false)]
    [InlineData("https://", false)]
    [InlineData("null", false)]
    public void Origins_are_compared_by_scheme_host_and_port(string origin, bool isAllowed)
    {
        using FilterBench bench = new(rule: [Named]) { Origin = origin };
        string response = bench.Response("HTTP/1.1 204 \r\n\r\n");
        string allowed = isAllowed
            ? $"Access-Control-Allow-Origin: {origin}\r\nAccess-Control-Allow-Credentials: true\r\n"
                + "Access-Control-Expose-Headers: X-Seen\r\n"
            : "";
        Assert.Equal($"HTTP/1.1 204 \r\nVary: Origin\r\n{allowed}{Dated}\r\n", response);
        string? preflight = bench.Preflight(Ask(origin, "PUT"));
        Assert.Equal(isAllowed, preflight?.Contains(origin, StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public void A_request_without_an_origin_tells_caches_all_the_same()
    {
        using FilterBench bench = new(rule: [Named]);
        string response = bench.Response("HTTP/1.1 204 \r\n\r\n");
        Assert.Equal($"HTTP/1.1 204 \r\nVary: Origin\r\n{Dated}\r\n", response);
    }

    [Fact]
    public void Where_every_origin_is_allowed_the_response_is_the_same_for_all()
    {
        using FilterBench bench = new(rule: [Any]);
        Assert.Equal(
            "HTTP/1.1 204 \r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: *\r\n"
                + $"{Dated}\r\n",
            bench.Response("HTTP/1.1 204 \r\n\r\n"));
    }

    [Fact]
    public void With_credentials_the_origin_is_named_and_never_a_star()
    {
        using FilterBench bench =
            new(rule: [Any with { AllowCredentials = true }]) { Origin = "chrome-extension://abc" };
        Assert.Equal(
            "HTTP/1.1 204 \r\nVary: Origin\r\nAccess-Control-Allow-Origin: chrome-extension://abc\r\n"
                + $"Access-Control-Allow-Credentials: true\r\n{Dated}\r\n",
            bench.Response("HTTP/1.1 204 \r\n\r\n"));
    }

    [Fact]
    public void What_a_backend_or_another_filter_says_about_cors_is_dropped()
    {
        HeaderEdits edits = new()
        {
            Set = [new HeaderValue("Access-Control-Allow-Origin", "https://edit")],
            Add = [new HeaderValue("X-Add", "1")],
        };
        using FilterBench bench = new(
            rule: [Named, new ResponseHeaderFilter(edits)], backend: [new ResponseHeaderFilter(edits)]);
        Assert.Equal(
            $"HTTP/1.1 204 \r\nVary: Accept\r\nX-Add: 1\r\nX-Add: 1\r\nVary: Origin\r\n{Dated}\r\n",
            bench.Response(
                "HTTP/1.1 204 \r\nACCESS-control-allow-origin: *\r\nVary: Accept\r\n"
                + "Access-Control-Allow-Credentials: true\r\nAccess-Control-Expose-Headers: X\r\n\r\n"));
    }

    [Fact]
    public void A_preflight_is_told_what_the_policy_allows()
    {
        using FilterBench bench = new(rule: [Named]);
        Assert.Equal(
            $"HTTP/1.1 204 No Content\r\n{Dated}Vary: Origin\r\n"
                + "Access-Control-Allow-Origin: https://www.example.com\r\n"
                + "Access-Control-Allow-Credentials: true\r\nAccess-Control-Allow-Methods: GET, PUT\r\n"
                + "Access-Control-Allow-Headers: X-One, X-Two\r\nAccess-Control-Max-Age: 60\r\n\r\n",
            bench.Preflight(Ask("https://www.example.com", "PUT", "X-Other")));
    }

    [Fact]
    public void A_preflight_hears_what_it_asked_for_where_anything_is_allowed()
    {
        using FilterBench bench = new(rule: [Any]);
        Assert.Equal(
            $"HTTP/1.1 204 No Content\r\n{Dated}Access-Control-Allow-Origin: *\r\n"
                + "Access-Control-Allow-Methods: PATCH\r\nAccess-Control-Allow-Headers: authorization,x-a\r\n"
                + "Access-Control-Max-Age: 5\r\n\r\n",
            bench.Preflight(Ask("https://a", "PATCH", "authorization,x-a")));
        Assert.DoesNotContain("Allow-Headers", bench.Preflight(Ask("https://a", "PATCH")));
        Assert.DoesNotContain("Allow-Headers", bench.Preflight(Ask("https://a", "PATCH", "x: <y>")));
    }

    [Fact]
    public void Lists_that_are_empty_are_not_written()
    {
        using FilterBench bench = new(rule: [new CorsFilter { AllowOrigins = ["https://a.b"] }]);
        Assert.Equal(
            $"HTTP/1.1 204 No Content\r\n{Dated}Vary: Origin\r\nAccess-Control-Allow-Origin: https://a.b\r\n"
                + "Access-Control-Max-Age: 5\r\n\r\n",
            bench.Preflight(Ask("https://a.b", "PUT", "x-a")));
    }

    [Theory]
    [InlineData("GET", "Origin: https://a\r\nAccess-Control-Request-Method: PUT\r\n")]
    [InlineData("OPTIONS", "Access-Control-Request-Method: PUT\r\n")]
    [InlineData("OPTIONS", "Origin: https://a\r\n")]
    [InlineData("OPTIONS", "Origin: https://a\r\nAccess-Control-Request-Method: a b\r\n")]
    [InlineData("OPTIONS", "Origin: https://a\r\nOrigin: b\r\nAccess-Control-Request-Method: PUT\r\n")]
    [InlineData("OPTIONS", "Origin: https://\u00e4\r\nAccess-Control-Request-Method: PUT\r\n")]
    public void Other_requests_are_not_preflights(string method, string lines)
    {
        using FilterBench bench = new(rule: [Any]);
        Assert.Equal("", bench.Preflight($"{method} / HTTP/1.1\r\nHost: a\r\n{lines}\r\n"));
    }

    [Fact]
    public void An_origin_that_is_too_long_counts_as_none()
    {
        using FilterBench bench = new(rule: [Any with { AllowCredentials = true }]);
        string origin = "https://" + new string('a', Config.ConfigLimits.OriginBytes - 8);
        Assert.Contains(origin, bench.Preflight(Ask(origin, "PUT")));
        Assert.Equal("", bench.Preflight(Ask(origin + "a", "PUT")));
    }

    [Fact]
    public void A_redirect_can_be_followed_by_scripts_of_allowed_origins()
    {
        RedirectFilter redirect = new() { Hostname = "b" };
        using FilterBench bench = new(rule: [Named, redirect]) { Origin = "https://www.example.com" };
        Assert.Equal(
            $"HTTP/1.1 302 Found\r\n{Dated}Location: http://b/x\r\nVary: Origin\r\n"
                + "Access-Control-Allow-Origin: https://www.example.com\r\n"
                + "Access-Control-Allow-Credentials: true\r\nAccess-Control-Expose-Headers: X-Seen\r\n"
                + "Content-Length: 0\r\n\r\n",
            bench.Redirect("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Fact]
    public void Policies_allocate_nothing()
    {
        using FilterBench bench = new(rule: [Named]);
        byte[] request = Bytes(Ask("https://a.b.example.com:8443", "PUT", "x-a"));
        byte[] response = Bytes("HTTP/1.1 204 \r\nAccess-Control-Allow-Origin: *\r\n\r\n");
        byte[] output = new byte[4096];
        Assert.Equal(0, Allocations.Least(() =>
        {
            bench.Head.Parse(request);
            Assert.True(bench.Preflight(request, output) > 0);
            bench.Reply.Parse(response, MethodKind.Get, false);
            Assert.True(bench.Response(response, output) > 0);
        }));
    }

    private static string Ask(string origin, string method, string? headers = null) =>
        $"OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: {method}\r\n"
        + (headers is null ? "" : $"Access-Control-Request-Headers: {headers}\r\n") + "\r\n";
}
