using Serval.Config.Compiling;
using Serval.Config.Model;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Filtering;

public sealed class RedirectWriterTests
{
    [Fact]
    public void A_redirect_is_a_whole_response()
    {
        using FilterBench bench = new("/", [new RedirectFilter { Scheme = "https", Status = 301 }]);
        Assert.Equal(
            "HTTP/1.1 301 Moved Permanently\r\nDate: " + FilterBench.Date
            + "\r\nLocation: https://a/x?y\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            bench.Redirect("GET /x?y HTTP/1.1\r\nHost: a\r\n\r\n", keepsAlive: false));
    }

    [Theory]
    [InlineData(301, "301 Moved Permanently")]
    [InlineData(302, "302 Found")]
    [InlineData(303, "303 See Other")]
    [InlineData(307, "307 Temporary Redirect")]
    [InlineData(308, "308 Permanent Redirect")]
    public void Every_status_has_its_phrase(int status, string phrase)
    {
        using FilterBench bench = new("/", [new RedirectFilter { Status = status }]);
        string written = bench.Redirect("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {phrase}\r\n", written, StringComparison.Ordinal);
    }

    // A port that was not given is the scheme's, or without a scheme the listener's; the usual one is not
    // written.
    [Theory]
    [InlineData(null, null, false, 80, "http://a/")]
    [InlineData(null, null, false, 8080, "http://a:8080/")]
    [InlineData(null, null, false, 443, "http://a:443/")]
    [InlineData(null, null, true, 443, "https://a/")]
    [InlineData(null, null, true, 8443, "https://a:8443/")]
    [InlineData("https", null, false, 8080, "https://a/")]
    [InlineData("http", null, true, 8443, "http://a/")]
    [InlineData("https", 8443, false, 80, "https://a:8443/")]
    [InlineData("https", 443, false, 80, "https://a/")]
    [InlineData("https", 80, false, 80, "https://a:80/")]
    [InlineData(null, 80, false, 8080, "http://a/")]
    [InlineData(null, 8080, false, 80, "http://a:8080/")]
    public void The_port_follows_the_scheme(
        string? scheme, int? port, bool isHttps, int listener, string location)
    {
        RedirectFilter redirect = new() { Scheme = scheme, Port = port };
        using FilterBench bench = new("/", [redirect]) { IsHttps = isHttps, ListenerPort = listener };
        Assert.Equal(location, Location(bench, "GET / HTTP/1.1\r\nHost: a:99\r\n\r\n"));
    }

    [Theory]
    [InlineData("/foo/bar?q", "/foo", "/xyz", "http://a/xyz/bar?q")]
    [InlineData("/foo", "/foo", "/", "http://a/")]
    [InlineData("/foo//evil.example", "/foo", "", "http://a/evil.example")]
    public void A_prefix_is_replaced_in_the_location(
        string path, string prefix, string replacement, string location)
    {
        RedirectFilter redirect = new() { Path = new PathChange(PathChangeKind.ReplacePrefix, replacement) };
        using FilterBench bench = new(prefix, [redirect]);
        Assert.Equal(location, Location(bench, $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Fact]
    public void Host_and_path_of_the_location_may_be_given()
    {
        RedirectFilter redirect = new()
        {
            Hostname = "b.example",
            Path = new PathChange(PathChangeKind.ReplaceFull, "/new"),
        };
        using FilterBench bench = new("/", [redirect]);
        Assert.Equal("http://b.example/new?q", Location(bench, "GET /old?q HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Theory]
    [InlineData("GET /x HTTP/1.0\r\n\r\n", "/x")]
    [InlineData("GET //evil.example/x HTTP/1.0\r\n\r\n", "/evil.example/x")]
    [InlineData("GET ///evil.example HTTP/1.0\r\n\r\n", "/evil.example")]
    [InlineData("GET //evil.example HTTP/1.1\r\nHost: a\r\n\r\n", "http://a//evil.example")]
    [InlineData("GET http://b:1/x HTTP/1.1\r\nHost: a\r\n\r\n", "http://b/x")]
    [InlineData("GET / HTTP/1.1\r\nHost: [::1]:99\r\n\r\n", "http://[::1]/")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "http://a/")]
    public void The_location_never_names_a_host_that_nobody_asked_for(string text, string location)
    {
        using FilterBench bench = new("/", [new RedirectFilter()]);
        Assert.Equal(location, Location(bench, text));
    }

    [Fact]
    public void Response_edits_apply_to_a_redirect()
    {
        HeaderEdits edits = new() { Remove = ["Date"], Set = [new HeaderValue("Cache-Control", "no-store")] };
        using FilterBench bench = new("/", [new RedirectFilter(), new ResponseHeaderFilter(edits)]);
        Assert.Equal(
            "HTTP/1.1 302 Found\r\nLocation: http://a/\r\nCache-Control: no-store\r\nContent-Length: 0\r\n"
                + "\r\n",
            bench.Redirect("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Fact]
    public void An_output_one_byte_too_small_is_reported()
    {
        using FilterBench bench = new("/", [new RedirectFilter { Port = 8443 }]);
        byte[] input = Bytes("GET /x?y HTTP/1.1\r\nHost: a\r\n\r\n");
        string written = bench.Redirect(Text(input));
        RouteHit hit = bench.Find(input);
        for (int room = 0; room < written.Length; room++)
            Assert.Equal(-1, bench.Redirect(input, hit, new byte[room]));
    }

    private static string Location(FilterBench bench, string text)
    {
        string written = bench.Redirect(text);
        int start = written.IndexOf("Location: ", StringComparison.Ordinal) + "Location: ".Length;
        return written[start..written.IndexOf('\r', start)];
    }
}
