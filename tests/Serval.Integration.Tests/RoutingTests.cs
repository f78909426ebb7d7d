using System.Text.Json;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class RoutingTests(RoutingTests.Scene scene) : IClassFixture<RoutingTests.Scene>
{
    [Fact]
    public async Task A_request_without_a_rule_is_answered_404_with_the_reason()
    {
        RawResponse response = await scene.GetAsync("/nowhere");
        Assert.Equal(404, response.Status);
        Assert.Equal("no-route", response["X-Serval-Reason"]);
    }

    [Fact]
    public async Task A_rule_without_backends_answers_500()
    {
        RawResponse response = await scene.GetAsync("/no-backend");
        Assert.Equal(500, response.Status);
        Assert.Equal("no-backend", response["X-Serval-Reason"]);
    }

    [Fact]
    public async Task A_backend_that_does_not_exist_answers_500()
    {
        Assert.Equal(500, (await scene.GetAsync("/missing")).Status);
    }

    [Fact]
    public async Task A_service_without_endpoints_answers_503()
    {
        RawResponse response = await scene.GetAsync("/empty");
        Assert.Equal(503, response.Status);
        Assert.Equal("no-endpoint", response["X-Serval-Reason"]);
    }

    [Fact]
    public async Task A_redirect_keeps_the_rest_of_the_path_and_the_query()
    {
        RawResponse response = await scene.GetAsync("/old/page?x=1");
        Assert.Equal(301, response.Status);
        Assert.Equal($"http://test.example:{scene.Port}/new/page?x=1", response["Location"]);
    }

    [Fact]
    public async Task A_redirect_to_https_leaves_the_port_out()
    {
        RawResponse response = await scene.GetAsync("/secure");
        Assert.Equal(308, response.Status);
        Assert.Equal("https://other.example/secure", response["Location"]);
    }

    [Fact]
    public async Task A_rewrite_changes_path_and_host_and_nothing_else()
    {
        JsonElement request = (await scene.GetAsync("/api/v1/a%20b?q=%2F")).Json;
        Assert.Equal("/inner/a%20b?q=%2F", request.GetProperty("target").GetString());
        Assert.Equal("inner.example", request.GetProperty("headers").GetProperty("host").GetString());
    }

    [Fact]
    public async Task Request_headers_are_set_added_and_removed()
    {
        JsonElement headers = (await scene.GetAsync(
            "/headers", "Host: test.example\r\nX-Set: old\r\nX-Add: first\r\nX-Remove: gone\r\n")).Json.GetProperty("headers");
        Assert.Equal("new", headers.GetProperty("x-set").GetString());
        Assert.Equal("first,second", headers.GetProperty("x-add").GetString());
        Assert.False(headers.TryGetProperty("x-remove", out _));
    }

    [Fact]
    public async Task Response_headers_are_set_added_and_removed()
    {
        RawResponse response = await scene.GetAsync("/headers");
        Assert.Equal("text/x-changed", response["Content-Type"]);
        Assert.Equal("yes", response["X-New"]);
        Assert.Null(response["X-Body-Bytes"]);
    }

    [Fact]
    public async Task A_header_match_wins_over_the_same_path_without_it()
    {
        RawResponse response = await scene.GetAsync("/split", "Host: test.example\r\nX-Version: 2\r\n");
        Assert.Equal("second", response.Json.GetProperty("headers").GetProperty("x-rule").GetString());
        response = await scene.GetAsync("/split");
        Assert.Equal("first", response.Json.GetProperty("headers").GetProperty("x-rule").GetString());
    }

    [Fact]
    public async Task A_prefix_stops_at_the_border_of_a_path_element()
    {
        Assert.Equal(404, (await scene.GetAsync("/splitter")).Status);
        Assert.Equal(200, (await scene.GetAsync("/split/ter")).Status);
    }

    [Fact]
    public async Task The_upstream_learns_who_asked_and_cannot_be_lied_to()
    {
        JsonElement headers = (await scene.GetAsync(
            "/split", "Host: test.example:81\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"))
            .Json.GetProperty("headers");
        Assert.Equal("127.0.0.1", headers.GetProperty("x-forwarded-for").GetString());
        Assert.Equal("http", headers.GetProperty("x-forwarded-proto").GetString());
        Assert.Equal("test.example:81", headers.GetProperty("x-forwarded-host").GetString());
        Assert.Equal(scene.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            headers.GetProperty("x-forwarded-port").GetString());
        Assert.Equal(32, headers.GetProperty("x-request-id").GetString()!.Length);
    }

    [Fact]
    public async Task Headers_of_one_connection_do_not_reach_the_upstream()
    {
        JsonElement headers = (await scene.GetAsync(
            "/split", "Host: test.example\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nX-Stays: 1\r\n"))
            .Json.GetProperty("headers");
        Assert.False(headers.TryGetProperty("x-hop", out _));
        Assert.False(headers.TryGetProperty("keep-alive", out _));
        Assert.Equal("1", headers.GetProperty("x-stays").GetString());
    }

    [Fact]
    public async Task IPv6_reaches_the_listener_and_the_upstream()
    {
        await using RawClient client = await RawClient.ConnectAsync(scene.Port, "::1");
        await client.SendAsync("GET /six HTTP/1.1\r\nHost: test.example\r\n\r\n");
        JsonElement request = (await client.ReadAsync()).Json;
        Assert.StartsWith("::1:", request.GetProperty("servedBy").GetString(), StringComparison.Ordinal);
        Assert.Equal("::1", request.GetProperty("headers").GetProperty("x-forwarded-for").GetString());
    }

    public sealed class Scene : IAsyncLifetime
    {
        private EchoUpstream? _upstream;
        private EchoUpstream? _upstreamSix;
        private RunningRouter? _router;

        internal int Port => _router!.Port;

        internal Task<RawResponse> GetAsync(string target, string headers = "Host: test.example\r\n") =>
            _router!.GetAsync(target, headers);

        public async Task InitializeAsync()
        {
            _upstream = await EchoUpstream.StartAsync();
            _upstreamSix = await EchoUpstream.StartAsync("::1");
            _router = await RunningRouter.StartAsync(
                Objects.Route("main", Rules) + Objects.Service("echo", ("127.0.0.1", _upstream.Port))
                + Objects.Service("six", ("::1", _upstreamSix.Port)) + Objects.Service("empty"));
        }

        public async Task DisposeAsync()
        {
            await _router!.DisposeAsync();
            await _upstream!.DisposeAsync();
            await _upstreamSix!.DisposeAsync();
        }

        private static string Rules =>
            Objects.Rule("/six", "six") + Objects.Rule("/missing", "missing") + Objects.Rule(
                "/empty", "empty")
            + """
              - matches: [{path: {value: /no-backend}}]
              - matches: [{path: {value: /old}}]
                filters:
                - type: RequestRedirect
                  requestRedirect: {statusCode: 301, path: {type: ReplacePrefixMatch, replacePrefixMatch: /new}}
              - matches: [{path: {value: /secure}}]
                filters:
                - type: RequestRedirect
                  requestRedirect: {statusCode: 308, scheme: https, hostname: other.example}

            """
            + Objects.Rule("/api/v1", "echo", """
                filters:
                - type: URLRewrite
                  urlRewrite: {hostname: inner.example, path: {type: ReplacePrefixMatch, replacePrefixMatch: /inner}}
            """)
            + Objects.Rule("/headers", "echo", """
                filters:
                - type: RequestHeaderModifier
                  requestHeaderModifier:
                    set: [{name: X-Set, value: new}]
                    add: [{name: X-Add, value: second}]
                    remove: [X-Remove]
                - type: ResponseHeaderModifier
                  responseHeaderModifier:
                    set: [{name: Content-Type, value: text/x-changed}]
                    add: [{name: X-New, value: "yes"}]
                    remove: [X-Body-Bytes]
            """)
            + Objects.Rule("/split", "echo", """
                filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X-Rule, value: first}]}}]
            """)
            + """
              - matches: [{path: {value: /split}, headers: [{name: X-Version, value: "2"}]}]
                filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X-Rule, value: second}]}}]
                backendRefs: [{name: echo, port: 80}]
            """;
    }
}
