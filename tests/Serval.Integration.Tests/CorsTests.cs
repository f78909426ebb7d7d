using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class CorsTests(CorsTests.Scene scene) : IClassFixture<CorsTests.Scene>
{
    private const string Allowed = "Host: test.example\r\nOrigin: https://app.example.com\r\n";

    [Fact]
    public async Task A_preflight_is_answered_without_the_backend_also_where_the_rule_names_a_method()
    {
        foreach (string path in new[] { "/shared", "/puts" })
        {
            int before = scene.Connections;
            RawResponse response = await scene.AskAsync(
                "OPTIONS", path, Allowed + "Access-Control-Request-Method: PUT\r\n");
            Assert.Equal(204, response.Status);
            Assert.Equal("https://app.example.com", response["Access-Control-Allow-Origin"]);
            Assert.Equal("true", response["Access-Control-Allow-Credentials"]);
            Assert.Equal("PUT", response["Access-Control-Allow-Methods"]);
            Assert.Equal("600", response["Access-Control-Max-Age"]);
            Assert.Equal("Origin", response["Vary"]);
            Assert.Null(response["Content-Length"]);
            Assert.Equal(before, scene.Connections);
        }
    }

    [Fact]
    public async Task A_preflight_of_another_origin_is_refused_and_one_for_another_method_is_not_ours()
    {
        RawResponse refused = await scene.AskAsync("OPTIONS", "/shared",
            "Host: test.example\r\nOrigin: https://example.com\r\nAccess-Control-Request-Method: PUT\r\n");
        Assert.Equal(403, refused.Status);
        Assert.Equal("origin-refused", refused["X-Serval-Reason"]);
        Assert.Null(refused["Access-Control-Allow-Origin"]);
        Assert.Equal("Origin", refused["Vary"]);
        RawResponse other = await scene.AskAsync(
            "OPTIONS", "/puts", Allowed + "Access-Control-Request-Method: DELETE\r\n");
        Assert.Equal(404, other.Status);
    }

    [Fact]
    public async Task The_connection_of_a_preflight_carries_the_request_that_follows()
    {
        await using RawClient client = await RawClient.ConnectAsync(scene.Port);
        await client.SendAsync(
            $"OPTIONS /shared HTTP/1.1\r\n{Allowed}Access-Control-Request-Method: PUT\r\n\r\n"
            + $"PUT /shared HTTP/1.1\r\n{Allowed}Content-Length: 2\r\n\r\nhi");
        Assert.Equal(204, (await client.ReadAsync()).Status);
        RawResponse response = await client.ReadAsync();
        Assert.Equal(200, response.Status);
        Assert.Equal("https://app.example.com", response["Access-Control-Allow-Origin"]);
        Assert.Equal("X-Seen", response["Access-Control-Expose-Headers"]);
    }

    [Fact]
    public async Task The_headers_of_the_backend_are_replaced()
    {
        RawResponse allowed = await scene.AskAsync("GET", "/shared", Allowed);
        Assert.Equal("https://app.example.com", allowed["Access-Control-Allow-Origin"]);
        Assert.Equal("Accept, Origin", allowed["Vary"]);
        RawResponse other = await scene.AskAsync(
            "GET", "/shared", "Host: test.example\r\nOrigin: https://evil.test\r\n");
        Assert.Equal(200, other.Status);
        Assert.Null(other["Access-Control-Allow-Origin"]);
        Assert.Equal("Accept, Origin", other["Vary"]);
        // A rule without a policy leaves them alone.
        Assert.Equal("*", (await scene.AskAsync("GET", "/plain", Allowed))["Access-Control-Allow-Origin"]);
    }

    [Fact]
    public async Task A_script_sees_errors_of_the_router_too()
    {
        RawResponse response = await scene.AskAsync("GET", "/empty", Allowed);
        Assert.Equal(503, response.Status);
        Assert.Equal("https://app.example.com", response["Access-Control-Allow-Origin"]);
    }

    [Fact]
    public async Task Explain_shows_the_answer_to_a_preflight()
    {
        string screen = await scene.Admin.GetStringAsync(new Uri(
            $"/explain?method=OPTIONS&url=http://test.example:{scene.Port}/puts"
            + "&h=Origin:%20https://app.example.com&h=Access-Control-Request-Method:%20PUT",
            UriKind.Relative));
        Assert.Contains("CORS for origins https://*.example.com, with credentials", screen);
        Assert.Contains("Access-Control-Allow-Methods: PUT", screen);
    }

    public sealed class Scene : IAsyncLifetime
    {
        private ScriptedUpstream? _upstream;
        private RunningRouter? _router;

        internal int Port => _router!.Port;

        internal HttpClient Admin => _router!.Admin;

        internal int Connections => _upstream!.Connections;

        internal Task<RawResponse> AskAsync(string method, string target, string headers) =>
            RawClient.AskAsync(Port, $"{method} {target} HTTP/1.1\r\n{headers}\r\n");

        public async Task InitializeAsync()
        {
            _upstream = ScriptedUpstream.Saying(
                "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nVary: Accept\r\n"
                + "Content-Length: 0\r\nConnection: close\r\n\r\n");
            _router = await RunningRouter.StartAsync(
                Objects.Route("main", Rules) + Objects.Service("web", ("127.0.0.1", _upstream.Port))
                + Objects.Service("empty"));
        }

        public async Task DisposeAsync()
        {
            await _router!.DisposeAsync();
            await _upstream!.DisposeAsync();
        }

        private const string Policy = """
                filters:
                - type: CORS
                  cors:
                    allowOrigins: ["https://*.example.com"]
                    allowCredentials: true
                    allowMethods: [PUT]
                    exposeHeaders: [X-Seen]
                    maxAge: 600
            """;

        private static string Rules =>
            Objects.Rule("/shared", "web", Policy) + Objects.Rule("/plain", "web")
            + Objects.Rule("/empty", "empty", Policy)
            + $$"""
              - matches: [{path: {value: /puts}, method: PUT}]
                backendRefs: [{name: web, port: 80}]
            {{Policy}}
            """;
    }
}
