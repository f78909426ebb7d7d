using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Workers;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>What is counted by cluster and by endpoint, and when.</summary>
public sealed class ClusterMetricsTests
{
    private const string One = "10.1.0.1";
    private const string Two = "10.1.0.2";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    // Clusters have series in the order of the snapshot.
    private static Snapshot TwoClusters => SceneSnapshot.Of(One) with
    {
        Clusters = [new Cluster { Name = "c" }, new Cluster { Name = "d" }],
        EndpointSets = [SceneSnapshot.SetOf("c", One), SceneSnapshot.SetOf("d", Two)],
        Routes =
        [
            SceneSnapshot.RouteOf(
                "r", "l80", SceneSnapshot.RuleOf("/c", "c"), SceneSnapshot.RuleOf("/d", "d")),
        ],
    };

    [Fact]
    public void A_request_counts_for_its_cluster_and_for_no_other()
    {
        using Scene scene = new(TwoClusters);
        scene.Upstream(One).Saying(Ok);
        scene.Upstream(Two).Saying("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        SceneClient client = scene.Connect();
        client.Get("/c");
        client.Get("/c");
        client.Get("/d");
        client.Get("/elsewhere");
        UpstreamCounters clusters = scene.Counters.Clusters;
        Assert.Equal([0, 2, 0, 0, 0], Statuses(clusters, 0));
        Assert.Equal([0, 0, 0, 1, 0], Statuses(clusters, 1));
        Assert.Equal((2, 1), (Latencies(clusters, 0), Latencies(clusters, 1)));
        Assert.True(clusters.ReadLatencySum(0) > 0);
        // The second request has taken the connection of the first.
        Assert.Equal((1, 1), (clusters.ReadConnects(0), clusters.ReadConnects(1)));
        Assert.Equal(0, Statuses(clusters, Limits.ClusterSeries).Sum());
    }

    [Fact]
    public void A_request_is_in_flight_at_its_cluster_until_its_client_has_the_answer()
    {
        using Scene scene = new(TwoClusters);
        SceneUpstream upstream = scene.Upstream(Two);
        SceneClient client = scene.Connect();
        client.Send("GET /d HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.RunUntil(() => upstream.Requests.Count == 1);
        Assert.Equal(1, scene.Counters.Clusters.ReadInFlight(1));
        Assert.Equal(0, scene.Counters.Clusters.ReadInFlight(0));
        Assert.Equal(0, Latencies(scene.Counters.Clusters, 1));
        upstream.Requests[0].On.Reply(Ok);
        client.Answer();
        Assert.Equal(0, scene.Counters.Clusters.ReadInFlight(1));
        Assert.Equal(1, Latencies(scene.Counters.Clusters, 1));
    }

    [Fact]
    public void The_duration_of_a_request_that_was_sent_again_is_that_of_its_last_attempt()
    {
        RetryPolicy policy = new() { Codes = [503], Attempts = 1, BackoffMs = 1_000 };
        using Scene scene = new(SceneSnapshot.Of(new HttpRule { Retry = policy }, One));
        SceneUpstream upstream = scene.Upstream(One);
        upstream.Answer = (peer, _) => peer.Reply(
            upstream.Requests.Count == 1 ? "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" : Ok);
        long beforeMs = scene.NowMs;
        Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
        Assert.InRange(scene.NowMs - beforeMs, policy.BackoffMs, int.MaxValue);
        Assert.Equal(1, Latencies(scene.Counters.Clusters, 0));
        Assert.InRange(scene.Counters.Clusters.ReadLatencySum(0), 1, (policy.BackoffMs * 1_000) - 1);
    }

    [Fact]
    public void An_attempt_that_failed_counts_as_a_failed_connect_and_its_exchange_once()
    {
        using Scene scene = new(SceneSnapshot.Of(One, Two), configure: CountEndpoints);
        SceneUpstream refusing = scene.Upstream(One);
        refusing.ConnectErrno = Errno.Connrefused;
        scene.Upstream(Two).Saying(Ok);
        SceneClient client = scene.Connect();
        for (int i = 0; scene.Counters.Read(Counter.Retries) == 0; i++)
        {
            Assert.True(i < 100);
            client.Get("/");
        }

        UpstreamCounters clusters = scene.Counters.Clusters;
        Assert.Equal(1, clusters.ReadConnectFailures(0, ConnectFailure.Refused));
        Assert.Equal(Latencies(clusters, 0), Statuses(clusters, 0)[1]);
        Assert.Equal(0, Statuses(clusters, 0)[4]);
        // The answer is that of the endpoint that gave it.
        UpstreamCounters endpoints = scene.Counters.Endpoints!;
        Assert.Equal(1, endpoints.ReadConnectFailures(0, ConnectFailure.Refused));
        Assert.Equal((1, 0), (endpoints.ReadConnects(0), Statuses(endpoints, 0).Sum()));
        Assert.Equal(Statuses(clusters, 0)[1], Statuses(endpoints, 1)[1]);
        Assert.Equal(0, endpoints.ReadInFlight(0) + endpoints.ReadInFlight(1));
    }

    [Theory]
    [InlineData(Errno.Hostunreach, "unreachable", "503")]
    [InlineData(Errno.Connreset, "reset", "503")]
    public void A_connect_that_fails_has_its_kind(int errno, string kind, string status)
    {
        using Scene scene = new(SceneSnapshot.Of(One));
        scene.Upstream(One).ConnectErrno = errno;
        Assert.StartsWith("HTTP/1.1 " + status, scene.Connect().Get("/"), StringComparison.Ordinal);
        Assert.Equal([kind], Kinds(scene.Counters.Clusters, 0));
        // The client's 503 is the cluster's.
        Assert.Equal([0, 0, 0, 0, 1], Statuses(scene.Counters.Clusters, 0));
        Assert.Equal(0, Latencies(scene.Counters.Clusters, 0));
    }

    [Fact]
    public void An_endpoint_that_does_not_answer_at_all_has_timed_out()
    {
        using Scene scene = new(SceneSnapshot.Of(One), new Timeouts { ConnectMs = 500 });
        scene.Upstream(One).IsSilent = true;
        scene.Connect().Get("/");
        Assert.Equal(["timed-out"], Kinds(scene.Counters.Clusters, 0));
        // No handshake has begun.
        Assert.Equal(
            0, scene.Counters.Handshakes.ReadFailed(isUpstream: true, HandshakeFailure.TimedOut));
    }

    [Fact]
    public void A_cluster_without_endpoints_has_its_503()
    {
        using Scene scene = new(SceneSnapshot.Of());
        scene.Connect().Get("/");
        Assert.Equal([0, 0, 0, 0, 1], Statuses(scene.Counters.Clusters, 0));
        Assert.Equal(0, scene.Counters.Clusters.ReadConnects(0));
    }

    [Fact]
    public void Counts_go_on_after_a_new_configuration()
    {
        using Scene scene = new(TwoClusters);
        scene.Upstream(Two).Saying(Ok);
        SceneClient client = scene.Connect();
        client.Get("/d");
        Snapshot other = TwoClusters;
        scene.Publish(other with
        {
            Version = SceneSnapshot.NextVersion(),
            Clusters = [other.Clusters[1]],
            EndpointSets = [other.EndpointSets[1]],
            Routes = [SceneSnapshot.RouteOf("r", "l80", SceneSnapshot.RuleOf("/d", "d"))],
        });
        client.Get("/d");
        Assert.Equal([0, 2, 0, 0, 0], Statuses(scene.Counters.Clusters, 1));
    }

    // Its slot, and so its row, goes to the next endpoint.
    [Fact]
    public void An_endpoint_that_takes_the_place_of_another_begins_at_zero()
    {
        using Scene scene = new(SceneSnapshot.Of(One), configure: CountEndpoints);
        scene.Upstream(One).Saying(Ok);
        scene.Upstream(Two).Saying(Ok);
        SceneClient client = scene.Connect();
        client.Get("/");
        UpstreamCounters endpoints = scene.Counters.Endpoints!;
        Assert.Equal(1, Statuses(endpoints, 0)[1]);
        scene.Publish(SceneSnapshot.Of(Two));
        client.Get("/");
        Assert.Equal((1, 1), (Statuses(endpoints, 0)[1], Statuses(endpoints, 1)[1]));
        // Nothing is connected to it any more: its slot is free with the next update.
        scene.Publish(SceneSnapshot.Of(Two));
        scene.Publish(SceneSnapshot.Of(Two, "10.1.0.3"));
        Assert.Equal(0, Statuses(endpoints, 0)[1]);
        Assert.Equal(1, Statuses(endpoints, 1)[1]);
    }

    [Fact]
    public void What_is_under_way_to_an_endpoint_that_left_counts_to_its_end()
    {
        using Scene scene = new(SceneSnapshot.Of(One), configure: CountEndpoints);
        SceneUpstream upstream = scene.Upstream(One);
        SceneClient client = scene.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.RunUntil(() => upstream.Requests.Count == 1);
        scene.Publish(SceneSnapshot.Of(Two));
        scene.Publish(SceneSnapshot.Of(Two, "10.1.0.3"));
        scene.Run(50);
        UpstreamCounters endpoints = scene.Counters.Endpoints!;
        Assert.Equal(1, endpoints.ReadInFlight(0));
        upstream.Requests[0].On.Reply(Ok);
        Assert.EndsWith("ok", client.Answer(), StringComparison.Ordinal);
        scene.Run(50);
        Assert.Equal(0, endpoints.ReadInFlight(0));
        Assert.Equal([0, 1, 0, 0, 0], Statuses(endpoints, 0));
    }

    [Fact]
    public void Endpoints_beyond_the_bound_are_counted_together_and_one_within_it_by_itself()
    {
        const string three = "10.1.0.3";
        string[] filler =
        [
            .. Enumerable.Range(0, Limits.EndpointSeries - 1).Select(i => $"10.2.{i / 250}.{(i % 250) + 1}"),
        ];
        using Scene scene = new(
            SceneSnapshot.Of(One) with
            {
                Clusters = [.. new[] { "c", "d", "e" }.Select(name => new Cluster { Name = name })],
                EndpointSets =
                [
                    SceneSnapshot.SetOf("c", One), SceneSnapshot.SetOf("d", filler),
                    SceneSnapshot.SetOf("e", Two, three),
                ],
                Routes =
                [
                    SceneSnapshot.RouteOf(
                        "r", "l80", SceneSnapshot.RuleOf("/c", "c"), SceneSnapshot.RuleOf("/e", "e")),
                ],
            },
            configure: CountEndpoints);
        SceneUpstream[] beyond = [scene.Upstream(Two).Saying(Ok), scene.Upstream(three).Saying(Ok)];
        scene.Upstream(One).Saying(Ok);
        SceneClient client = scene.Connect();
        client.Get("/c");
        int asked = 0;
        for (; beyond.Any(upstream => upstream.Requests.Count == 0); asked++)
        {
            Assert.True(asked < 100);
            client.Get("/e");
        }

        UpstreamCounters endpoints = scene.Counters.Endpoints!;
        Assert.Equal([0, 1, 0, 0, 0], Statuses(endpoints, 0));
        Assert.Equal([0, asked, 0, 0, 0], Statuses(endpoints, Limits.EndpointSeries));
        Assert.Equal(asked, Latencies(endpoints, Limits.EndpointSeries));
        Assert.Equal(2, endpoints.ReadConnects(Limits.EndpointSeries));
        Assert.Equal(0, endpoints.ReadInFlight(Limits.EndpointSeries));
        for (int row = 1; row < Limits.EndpointSeries; row++)
            Assert.Equal((0, 0), (Statuses(endpoints, row).Sum(), endpoints.ReadConnects(row)));
    }

    private static Func<WorkerOptions, WorkerOptions> CountEndpoints =>
        static options => options with { CountsEndpoints = true };

    private static long[] Statuses(UpstreamCounters counters, int row) =>
        [.. Enumerable.Range(0, WorkerCounters.StatusClasses).Select(i => counters.ReadStatus(row, i))];

    private static long Latencies(UpstreamCounters counters, int row) =>
        Enumerable.Range(0, LatencyBuckets.Count).Sum(i => counters.ReadLatency(row, i));

    private static string[] Kinds(UpstreamCounters counters, int row) =>
    [
        .. Enum.GetValues<ConnectFailure>().Where(kind => counters.ReadConnectFailures(row, kind) > 0)
            .Select(ConnectFailures.Text),
    ];
}
