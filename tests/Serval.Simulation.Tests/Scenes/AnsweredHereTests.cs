using Serval.Config.Model;
using Serval.DataPlane.Accounting;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>What the router answers itself, and what it leaves to an upstream.</summary>
public sealed class AnsweredHereTests
{
    private const string Endpoint = "10.1.0.1";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    // RFC 9110 §7.6.2 and §9.3.7: the last recipient of OPTIONS answers it; no other method has this field.
    [Theory]
    [InlineData("OPTIONS /", "Max-Forwards: 0\r\n", false)]
    [InlineData("OPTIONS *", "", false)]
    [InlineData("OPTIONS /", "Max-Forwards: 1\r\n", true)]
    [InlineData("OPTIONS /", "", true)]
    [InlineData("GET /", "Max-Forwards: 0\r\n", true)]
    public void Only_an_OPTIONS_that_ends_here_is_answered_here(string line, string headers, bool isForwarded)
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Ok);
        SceneClient client = scene.Connect();
        for (int i = 1; i <= 2; i++)
        {
            client.Take();
            client.Send($"{line} HTTP/1.1\r\nHost: a.example\r\n{headers}\r\n");
            string answer = client.Answer();
            Assert.StartsWith("HTTP/1.1 20", answer, StringComparison.Ordinal);
            Assert.Equal(isForwarded, answer.EndsWith("\r\n\r\nok", StringComparison.Ordinal));
            Assert.Equal(isForwarded ? i : 0, upstream.Requests.Count);
        }
    }

    [Fact]
    public void Backends_get_their_share_and_those_without_weight_get_nothing()
    {
        using Scene scene = new(Weighted(("c0", 1), ("c1", 0), ("c2", 3)));
        SceneUpstream[] upstreams = [.. Enumerable.Range(0, 3).Select(
            i => scene.Upstream($"10.1.0.{i + 1}").Saying(Ok))];
        SceneClient client = scene.Connect();
        for (int i = 0; i < 400; i++) Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.InRange(upstreams[0].Requests.Count, 60, 140);
        Assert.Empty(upstreams[1].Requests);
        Assert.Equal(400, upstreams.Sum(upstream => upstream.Requests.Count));
    }

    [Fact]
    public void A_rule_whose_backends_have_no_weight_is_a_500()
    {
        using Scene scene = new(Weighted(("c0", 0), ("c1", 0), ("c2", 0)));
        SceneUpstream[] upstreams = [.. Enumerable.Range(0, 3).Select(
            i => scene.Upstream($"10.1.0.{i + 1}").Saying(Ok))];
        Assert.StartsWith("HTTP/1.1 500 ", scene.Connect().Get("/"), StringComparison.Ordinal);
        Assert.Equal(1, scene.Counters.ReadOutcome(Outcome.NoBackend));
        Assert.All(upstreams, upstream => Assert.Empty(upstream.Requests));
    }

    [Fact]
    public void A_preflight_is_answered_for_the_method_that_it_asks_about_and_asks_no_upstream()
    {
        HttpRule get = new()
        {
            Matches = [new Match { Method = "GET" }],
            Filters = [new CorsFilter { AllowOrigins = ["http://b.example"], AllowMethods = ["GET"] }],
        };
        using Scene scene = new(SceneSnapshot.Of(get, Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Ok);
        string answer = Options("http://b.example", "GET");
        Assert.StartsWith("HTTP/1.1 20", answer, StringComparison.Ordinal);
        Assert.Contains(
            "access-control-allow-origin: http://b.example\r\n", answer, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("access-control-allow-origin", Options("http://c.example", "GET"),
            StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("HTTP/1.1 404 ", Options("http://b.example", "PUT"), StringComparison.Ordinal);
        Assert.Empty(upstream.Requests);

        string got = scene.Connect().Get("/", "Origin: http://b.example\r\n");
        Assert.EndsWith("ok", got, StringComparison.Ordinal);
        Assert.Contains(
            "access-control-allow-origin: http://b.example\r\n", got, StringComparison.OrdinalIgnoreCase);
        Assert.Single(upstream.Requests);

        string Options(string origin, string method)
        {
            SceneClient client = scene.Connect();
            client.Send(
                $"OPTIONS / HTTP/1.1\r\nHost: a.example\r\nOrigin: {origin}\r\n"
                + $"Access-Control-Request-Method: {method}\r\n\r\n");
            return client.Answer();
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(2_000)]
    [InlineData(7_000)]
    public void A_redirect_is_written_however_long_the_address_is(int length)
    {
        string rest = new('x', length);
        HttpRule rule = new()
        {
            Filters =
            [
                new RedirectFilter
                {
                    Hostname = "b.example",
                    Path = new PathChange(PathChangeKind.ReplaceFull, "/n"),
                },
            ],
        };
        using Scene scene = new(SceneSnapshot.Of(rule, Endpoint));
        SceneClient client = scene.Connect();
        for (int i = 0; i < 3; i++)
        {
            string answer = client.Get($"/old?{rest}");
            Assert.StartsWith("HTTP/1.1 302 ", answer, StringComparison.Ordinal);
            Assert.Contains($"Location: http://b.example/n?{rest}\r\n", answer,
                StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(3, scene.Counters.ReadOutcome(Outcome.Redirected));
        Assert.False(client.IsEnded);
    }

    [Fact]
    public void A_redirect_before_a_body_that_came_leaves_the_connection_at_the_next_request()
    {
        HttpRule rule = new() { Filters = [new RedirectFilter { Hostname = "b.example" }] };
        using Scene scene = new(SceneSnapshot.Of(rule, Endpoint));
        SceneClient client = scene.Connect();
        client.Send("POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nGET /"
            + "GET /c HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.Run(50);
        Assert.Equal(2, client.Received.Split("HTTP/1.1 302 ").Length - 1);
        Assert.Contains("http://b.example/c\r\n", client.Received, StringComparison.Ordinal);
    }

    private static Snapshot Weighted(params (string Cluster, int Weight)[] backends) => new()
    {
        Version = SceneSnapshot.NextVersion(),
        Listeners = [SceneSnapshot.ListenerOn(80)],
        Clusters = [.. backends.Select(backend => new Cluster { Name = backend.Cluster })],
        EndpointSets = [.. backends.Select(
            (backend, i) => SceneSnapshot.SetOf(backend.Cluster, $"10.1.0.{i + 1}"))],
        Routes =
        [
            SceneSnapshot.RouteOf("r", "l80", new HttpRule
            {
                Backends = [.. backends.Select(backend =>
                    new WeightedCluster { Cluster = backend.Cluster, Weight = backend.Weight })],
            }),
        ],
    };
}
