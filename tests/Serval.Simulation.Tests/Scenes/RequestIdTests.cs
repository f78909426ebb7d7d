using System.Net;
using System.Text.Json;
using Serval.Config.Model;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Http;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>
/// One id for the client, the upstream and the log. Clients of scenes have addresses in 10.0.0.0/16.
/// </summary>
public sealed class RequestIdTests
{
    private const string Endpoint = "10.1.0.1";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public void Client_upstream_and_log_have_the_same_id_and_the_next_request_another()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Ok);
        SceneClient client = scene.Connect();
        HashSet<string> ids = [];
        for (int i = 0; i < 3; i++)
        {
            string told = HeaderOf(client.Get("/"), "X-Request-Id");
            JsonElement record = scene.Record();
            Assert.Matches("^[0-9a-f]{32}$", told);
            Assert.Equal(told, Text(record, "request_id"));
            Assert.Equal(told, HeaderOf(upstream.Requests[i].Head, "X-Request-Id"));
            // The trace that begins here has the same id.
            Assert.Equal(told, Text(record, "trace_id"));
            Assert.StartsWith(
                $"00-{told}-", HeaderOf(upstream.Requests[i].Head, "traceparent"), StringComparison.Ordinal);
            ids.Add(told);
        }

        Assert.Equal(3, ids.Count);
    }

    [Theory]
    [InlineData("GET /nowhere HTTP/1.1\r\nHost: a.example\r\n\r\n", 404)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n", 200)]
    [InlineData("GET /moved HTTP/1.1\r\nHost: a.example\r\n\r\n", 302)]
    [InlineData("OPTIONS /cors HTTP/1.1\r\nHost: a.example\r\nOrigin: http://b.example\r\n"
        + "Access-Control-Request-Method: GET\r\n\r\n", 204)]
    [InlineData("GET / HTTP/1.1\r\nHost : a.example\r\n\r\n", 400)]
    public void Answers_of_our_own_have_an_id_too(string request, int status)
    {
        HttpRule moved = SceneSnapshot.RuleOf("/moved", "c") with
        {
            Filters = [new RedirectFilter { Hostname = "b.example" }],
        };
        HttpRule cors = SceneSnapshot.RuleOf("/cors", "c") with
        {
            Filters = [new CorsFilter { AllowOrigins = ["*"], AllowMethods = ["GET"] }],
        };
        using Scene scene = new(SceneSnapshot.Of(Endpoint) with
        {
            Routes = [SceneSnapshot.RouteOf("r", "l80", moved, cors)],
        });
        SceneClient client = scene.Connect();
        client.Send(request);
        string answer = client.Answer();
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.Equal(HeaderOf(answer, "X-Request-Id"), Text(scene.Record(), "request_id"));
    }

    [Fact]
    public void The_trace_of_the_client_goes_on_and_is_logged()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Ok);
        const string parent = $"00-{TraceId}-b7ad6b7169203331-01";
        scene.Connect().Get("/", $"traceparent: {parent}\r\n");
        Assert.Equal(TraceId, Text(scene.Record(), "trace_id"));
        Assert.Equal(parent, HeaderOf(upstream.Requests[0].Head, "traceparent"));
    }

    [Fact]
    public void With_ids_and_traces_turned_off_nothing_is_said()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), configure: static options => options with
        {
            AddsRequestIds = false,
            Requests = new RequestPolicy(MakesTraceParents: false),
        });
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Ok);
        string answer = scene.Connect().Get("/", "X-Request-Id: theirs\r\n");
        Assert.DoesNotContain("X-Request-Id", answer + upstream.Requests[0].Head, StringComparison.Ordinal);
        Assert.DoesNotContain("traceparent", upstream.Requests[0].Head, StringComparison.Ordinal);
        JsonElement record = scene.Record();
        Assert.False(record.TryGetProperty("request_id", out _) || record.TryGetProperty("trace_id", out _));
    }

    [Theory]
    [InlineData("10.0.0.0/16", "theirs", true)]
    [InlineData("10.0.0.0/16", "not an id", false)]
    [InlineData("10.2.0.0/16", "theirs", false)]
    public void A_trusted_proxy_names_the_request(string network, string given, bool isKept)
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), configure: options => options with
        {
            TrustedProxies = new TrustedProxies([IPNetwork.Parse(network)]),
        });
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Ok);
        SceneClient client = scene.Connect();
        string answer = client.Get("/", $"X-Request-Id: {given}\r\n");
        string told = HeaderOf(answer, "X-Request-Id");
        Assert.Equal(isKept, told == given);
        Assert.Equal(told, Text(scene.Record(), "request_id"));
        Assert.Equal(told, HeaderOf(upstream.Requests[0].Head, "X-Request-Id"));
        // Its next request has an id of its own.
        Assert.NotEqual(told, HeaderOf(client.Get("/"), "X-Request-Id"));
    }

    [Fact]
    public void The_addresses_that_a_trusted_proxy_names_go_on_and_its_scheme_makes_redirects()
    {
        HttpRule moved = SceneSnapshot.RuleOf("/moved", "c") with
        {
            Filters = [new RedirectFilter { Hostname = "b.example", Port = 444 }],
        };
        Snapshot snapshot = SceneSnapshot.Of(Endpoint) with
        {
            Routes = [SceneSnapshot.RouteOf("r", "l80", SceneSnapshot.RuleOf("/", "c"), moved)],
        };
        using Scene scene = new(snapshot, configure: static options => options with
        {
            TrustedProxies = new TrustedProxies([IPNetwork.Parse("10.0.0.0/16")]),
        });
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Ok);
        SceneClient client = scene.Connect();
        const string claims = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n";
        client.Get("/", claims);
        Assert.Equal("203.0.113.9, 10.0.0.2", HeaderOf(upstream.Requests[0].Head, "X-Forwarded-For"));
        Assert.Equal("https", HeaderOf(upstream.Requests[0].Head, "X-Forwarded-Proto"));
        Assert.Equal("https://b.example:444/moved", HeaderOf(client.Get("/moved", claims), "Location"));
        Assert.Equal("http://b.example:444/moved", HeaderOf(client.Get("/moved"), "Location"));
    }

    private static string HeaderOf(string head, string name)
    {
        string line = Assert.Single(
            head.Split("\r\n"), line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return line[(name.Length + 2)..];
    }

    private static string Text(JsonElement record, string name) => record.GetProperty(name).GetString()!;
}
