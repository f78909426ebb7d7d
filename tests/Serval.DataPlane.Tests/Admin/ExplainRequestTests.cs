using Serval.DataPlane.Admin;

namespace Serval.DataPlane.Tests.Admin;

public sealed class ExplainRequestTests
{
    [Theory]
    [InlineData("http://A.example/p?q=1", "a.example", 80, "/p", "q=1")]
    [InlineData("a.example", "a.example", 80, "/", "")]
    [InlineData("HTTP://a.example:8080", "a.example", 8080, "/", "")]
    [InlineData("http://a.example?q", "a.example", 80, "/", "q")]
    [InlineData("http://[::1]:81/a/../b%2F", "[::1]", 81, "/a/../b%2F", "")]
    [InlineData("http://[::1]/", "[::1]", 80, "/", "")]
    [InlineData("http://a.example/p#f", "a.example", 80, "/p", "")]
    public void A_URL_is_taken_apart_and_left_as_it_is(
        string url, string host, int port, string path, string query)
    {
        Assert.True(ExplainRequest.TryParse("GET", url, null, [], out ExplainRequest? request, out _));
        Assert.Equal((host, port, path, query), (request.Host, request.Port, request.Path, request.Query));
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/only/a/path")]
    [InlineData("GET", "ftp://a.example/")]
    [InlineData("GET", "http://a.example:0/")]
    [InlineData("GET", "http://a.example:65536/")]
    [InlineData("GET", "http://a.example:x/")]
    [InlineData("", "http://a.example/")]
    public void What_is_no_request_is_refused_with_a_reason(string method, string url)
    {
        Assert.False(ExplainRequest.TryParse(method, url, null, [], out _, out string fault));
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void Headers_are_read_as_curl_takes_them()
    {
        Assert.True(ExplainRequest.TryParse("GET", "a.example", null, ["X-A: 1", "X-B:2:3"],
            out ExplainRequest? request, out _));
        Assert.Equal(["X-A=1", "X-B=2:3"], request.Headers.Select(header => $"{header.Name}={header.Value}"));
        Assert.False(ExplainRequest.TryParse("GET", "a.example", null, ["X-A"], out _, out string fault));
        Assert.Contains("X-A", fault, StringComparison.Ordinal);
    }
}
