using Serval.Config.Model;
using Serval.DataPlane.Http;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Filtering;

/// <summary>X-Request-Id and X-Forwarded-*: what is said, and whom it is believed of.</summary>
public sealed class RequestIdTests
{
    private const string Id = "X-Request-Id: 0123456789abcdef00000000000000ff\r\n";
    private const string Claims = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\n"
        + "X-Forwarded-For: 7.7.7.7, 8.8.8.8\r\nX-Forwarded-Port: 8443\r\nX-Forwarded-Host: public\r\n"
        + "X-Request-Id: theirs\r\nTrue-Client-IP: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n\r\n";

    [Fact]
    public void A_response_tells_the_client_the_id_and_not_the_one_of_the_upstream()
    {
        using FilterBench bench = new() { AnswersWithId = true };
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nDate: " + FilterBench.Date + "\r\n" + Id
                + "Content-Length: 0\r\n\r\n",
            bench.Response(
                "HTTP/1.1 200 OK\r\nA: 1\r\nx-request-id: own\r\nB: 2\r\nContent-Length: 0\r\n\r\n"));
    }

    [Fact]
    public void Without_ids_the_upstream_keeps_its_word()
    {
        using FilterBench bench = new();
        Assert.Contains("\r\nX-Request-Id: own\r\n", bench.Response(
            "HTTP/1.1 200 OK\r\nX-Request-Id: own\r\nContent-Length: 0\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_may_replace_the_id_or_take_it_away()
    {
        HeaderEdits edits = new() { Set = [new HeaderValue("X-Request-Id", "mine")] };
        using FilterBench set = new("/", [new ResponseHeaderFilter(edits)]) { AnswersWithId = true };
        string text = set.Response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.Contains("X-Request-Id: mine\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Id, text, StringComparison.Ordinal);
        edits = new HeaderEdits { Remove = ["x-request-id"] };
        using FilterBench none = new("/", [new ResponseHeaderFilter(edits)]) { AnswersWithId = true };
        Assert.DoesNotContain("equest-", none.Response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_line_of_a_trusted_proxy_names_no_address()
    {
        using FilterBench bench = new() { IsFromProxy = true };
        Assert.Contains("\r\nX-Forwarded-For: 6.6.6.6, 192.0.2.7\r\n", bench.Request(
            "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For:\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_trusted_proxy_says_is_passed_on_and_its_address_appended()
    {
        using FilterBench bench = new() { IsFromProxy = true, GivenId = "theirs" };
        Assert.Equal(
            "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6, 7.7.7.7, 8.8.8.8, 192.0.2.7\r\n"
            + "X-Forwarded-Proto: http\r\nX-Forwarded-Port: 8443\r\nX-Forwarded-Host: public\r\n"
            + "X-Request-Id: theirs\r\n"
            + "traceparent: 00-0123456789abcdef00000000000000ff-0123456789abcd10-00\r\n"
            + "Via: 1.1 serval\r\n\r\n",
            bench.Request(Claims));
    }

    [Fact]
    public void Nothing_of_it_is_passed_on_from_anybody_else()
    {
        using FilterBench bench = new();
        Assert.Equal("GET / HTTP/1.1\r\nHost: a\r\n" + FilterBench.Facts + "\r\n", bench.Request(Claims));
    }

    [Fact]
    public void A_claim_that_comes_twice_says_nothing()
    {
        using FilterBench bench = new() { IsFromProxy = true };
        string written = bench.Request(
            "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Host: one\r\nX-Forwarded-Host: two\r\n\r\n");
        Assert.Contains("\r\nX-Forwarded-Host: a\r\n", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("550e8400-e29b-41d4-a716-446655440000", true)]
    [InlineData("Root=1-67891233:abc/def+g~h._", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a,b", false)]
    [InlineData("${jndi:x}", false)]
    [InlineData("a\u0080", false)]
    public void An_id_is_kept_only_if_it_is_nothing_but_an_id(string id, bool isKept) =>
        Assert.Equal(isKept, RequestId.IsAcceptable(Bytes(id)));

    [Fact]
    public void An_id_is_kept_up_to_the_bound_and_not_beyond()
    {
        Assert.True(RequestId.IsAcceptable(Bytes(new string('a', Limits.RequestIdBytesMax))));
        Assert.False(RequestId.IsAcceptable(Bytes(new string('a', Limits.RequestIdBytesMax + 1))));
    }
}
