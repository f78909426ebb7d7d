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

        Assert.DoesNotContain("Connection: ", answer, StringComparison.Ordinal);
        Assert.Contains(
            "\r\nConnection: close\r\n", Options("http://b.example", "GET", "Connection: close\r\n"),
            StringComparison.Ordinal);

        string Options(string origin, string method, string headers = "")
        {
            SceneClient client = scene.Connect();
            client.Send(
                $"OPTIONS / HTTP/1.1\r\nHost: a.example\r\nOrigin: {origin}\r\n{headers}"
                + $"Access-Control-Request-Method: {method}\r\n\r\n");
            return client.Answer();
        }
    }

    [Fact]
    public void A_preflight_of_a_rule_without_a_policy_goes_where_OPTIONS_goes()
    {
        static HttpRule RuleOf(string method, string cluster) => SceneSnapshot.RuleOf("/", cluster) with
        {
            Matches = [new Match { Method = method }],
        };
        using Scene scene = new(SceneSnapshot.Of(Endpoint) with
        {
            Clusters = [new Cluster { Name = "c" }, new Cluster { Name = "put" }],
            EndpointSets = [SceneSnapshot.SetOf("c", Endpoint), SceneSnapshot.SetOf("put", "10.1.0.9")],
            Routes = [SceneSnapshot.RouteOf("r", "l80", RuleOf("OPTIONS", "c"), RuleOf("PUT", "put"))],
        });
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Ok);
        SceneUpstream other = scene.Upstream("10.1.0.9").Saying(Ok);
        SceneClient client = scene.Connect();
        client.Send(
            "OPTIONS / HTTP/1.1\r\nHost: a.example\r\nOrigin: http://b.example\r\n"
            + "Access-Control-Request-Method: PUT\r\n\r\n");
        Assert.EndsWith("ok", client.Answer(), StringComparison.Ordinal);
        Assert.Empty(other.Requests);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public void A_preflight_is_written_however_long_the_lists_of_the_policy_are()
    {
        string[] headers = [.. Enumerable.Range(0, 60).Select(i => $"x-{i}-{new string('h', 90)}")];
        HttpRule rule = new()
        {
            Filters =
            [
                new CorsFilter { AllowOrigins = ["*"], AllowMethods = ["GET"], AllowHeaders = [.. headers] },
            ],
        };
        using Scene scene = new(SceneSnapshot.Of(rule, Endpoint));
        SceneClient client = scene.Connect();
        client.Send(
            "OPTIONS / HTTP/1.1\r\nHost: a.example\r\nOrigin: http://b.example\r\n"
            + "Access-Control-Request-Method: GET\r\n\r\n");
        string answer = client.Answer();
        Assert.StartsWith("HTTP/1.1 204 ", answer, StringComparison.Ordinal);
        Assert.All(headers, header => Assert.Contains(header, answer, StringComparison.OrdinalIgnoreCase));
    }

    // Two policies, and two snapshots of which an exchange still holds the first.
    [Fact]
    public void Each_response_has_the_policy_of_its_rule()
    {
        using Scene scene = new(WithPolicies("one"));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient waiting = scene.Connect();
        waiting.Send("GET /b HTTP/1.1\r\nHost: a.example\r\nOrigin: http://o.example\r\n\r\n");
        scene.RunUntil(() => upstream.Requests.Count == 1);
        scene.Publish(WithPolicies("two"));
        upstream.Saying(Ok);
        Assert.Equal("x-a-two", Exposed(scene.Connect().Get("/a", "Origin: http://o.example\r\n")));
        Assert.Equal("x-b-two", Exposed(scene.Connect().Get("/b", "Origin: http://o.example\r\n")));
        Assert.Equal("", Exposed(scene.Connect().Get("/c", "Origin: http://o.example\r\n")));
        upstream.Requests[0].On.Send(Ok);
        Assert.Equal("x-b-one", Exposed(waiting.Answer()));

        static Snapshot WithPolicies(string name) => SceneSnapshot.Of(Endpoint) with
        {
            Version = SceneSnapshot.NextVersion(),
            Routes =
            [
                SceneSnapshot.RouteOf(
                    "r", "l80", PolicyOf("/a", name), PolicyOf("/b", name), SceneSnapshot.RuleOf("/c", "c")),
            ],
        };

        static HttpRule PolicyOf(string path, string name) => SceneSnapshot.RuleOf(path, "c") with
        {
            Filters =
            [
                new CorsFilter
                {
                    AllowOrigins = ["http://o.example"],
                    ExposeHeaders = [$"x-{path[1..]}-{name}"],
                },
            ],
        };

        static string Exposed(string answer)
        {
            const string name = "access-control-expose-headers: ";
            int at = answer.IndexOf(name, StringComparison.OrdinalIgnoreCase);
            return at < 0 ? "" : answer[(at + name.Length)..].Split('\r')[0];
        }
    }

    // The body is found wrong before its head has left, and the policy's tables are let go of by then.
    [Fact]
    public void A_response_that_is_refused_for_its_body_is_a_502_where_there_is_a_policy()
    {
        HttpRule rule = new() { Filters = [new CorsFilter { AllowOrigins = ["*"] }] };
        using Scene scene = new(SceneSnapshot.Of(rule, Endpoint));
        scene.Upstream(Endpoint).Saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        string answer = scene.Connect().Get("/", "Origin: http://b.example\r\n");
        Assert.StartsWith("HTTP/1.1 502 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Access-Control", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, scene.Counters.ReadOutcome(Outcome.UpstreamInvalid));
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
