using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Rings;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>Endpoints that fail, beside one that does not.</summary>
public sealed class BalancingTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Bad = "10.1.0.1";
    private const string Good = "10.1.0.2";

    // Without idle connections being taken by retries this made a new connection for each of them.
    [Fact]
    public void A_refused_endpoint_makes_no_more_connections_to_the_healthy_one_than_there_are_clients()
    {
        using Scene scene = new(SceneSnapshot.Of(Bad, Good));
        scene.Upstream(Bad).ConnectErrno = Errno.Connrefused;
        SceneUpstream good = scene.Upstream(Good).Saying(Ok);
        List<SceneClient> clients = [.. Enumerable.Range(0, 16).Select(_ => scene.Connect())];
        for (int round = 0; round < 30; round++)
        {
            foreach (SceneClient client in clients)
            {
                client.Take();
                client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
            }

            scene.Run(50);
            Assert.All(clients, client => Assert.EndsWith("ok", client.Received, StringComparison.Ordinal));
        }

        Assert.InRange(good.Connections.Count, 1, clients.Count);
        Assert.Equal(480, good.Requests.Count);
        // Three failures eject it; after that only trials are made, ever more seldom.
        Assert.InRange(scene.Counters.Read(Counter.UpstreamConnectFailures), 3, 3 + 16 + 4);
        Assert.Equal(1, scene.Counters.EndpointsOut);
    }

    // So that one whose machine has lost its power is noticed.
    [Fact]
    public void The_kernel_watches_every_connection_to_an_endpoint()
    {
        using Scene scene = new(SceneSnapshot.Of(Bad, Good));
        SceneUpstream[] upstreams = [scene.Upstream(Bad).Saying(Ok), scene.Upstream(Good).Saying(Ok)];
        SceneClient[] clients = [.. Enumerable.Range(0, 8).Select(_ => scene.Connect())];
        foreach (SceneClient client in clients) client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.Run(50);
        ScenePeer[] connections = [.. upstreams.SelectMany(upstream => upstream.Connections)];
        Assert.True(connections.Length > 1);
        Assert.All(connections, connection => Assert.True(connection.Tcp.IsPeerWatched));
    }

    [Fact]
    public void A_retry_takes_an_idle_connection_where_there_is_one()
    {
        using Scene scene = new(SceneSnapshot.Of(Bad, Good));
        scene.Upstream(Bad).ConnectErrno = Errno.Connrefused;
        SceneUpstream good = scene.Upstream(Good).Saying(Ok);
        SceneClient client = scene.Connect();
        for (int i = 0; i < 20; i++) Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal(Limits.EjectionFailures, scene.Counters.Read(Counter.Retries));
        Assert.Single(good.Connections);
    }

    [Fact]
    public void A_third_attempt_goes_to_neither_of_the_two_endpoints_that_failed()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            using Scene scene = new(
                SceneSnapshot.Of(Bad, "10.1.0.3", Good), configure: options => options with { Seed = seed });
            SceneUpstream[] bad = [scene.Upstream(Bad), scene.Upstream("10.1.0.3")];
            foreach (SceneUpstream upstream in bad) upstream.Answer = (peer, _) => peer.Reset();
            SceneUpstream good = scene.Upstream(Good).Saying(Ok);
            Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
            Assert.All(bad, upstream => Assert.InRange(upstream.Requests.Count, 0, 1));
            Assert.Single(good.Requests);
        }
    }

    [Fact]
    public void A_blackholed_endpoint_costs_a_few_requests_their_time_once()
    {
        using Scene scene = new(SceneSnapshot.Of(Bad, Good), new Timeouts { ConnectMs = 700 });
        scene.Upstream(Bad).IsSilent = true;
        scene.Upstream(Good).Saying(Ok);
        SceneClient client = scene.Connect();
        int slow = 0;
        for (int i = 0; i < 200; i++)
        {
            long beforeMs = scene.NowMs;
            Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
            if (scene.NowMs - beforeMs > 500) slow++;
            scene.Run(1_000);
        }

        Assert.Equal(Limits.EjectionFailures, slow);
        Assert.True(scene.Counters.Read(Counter.UpstreamConnectFailures) > Limits.EjectionFailures + 3);
    }

    [Fact]
    public void An_endpoint_that_resets_is_ejected_and_requests_that_may_be_sent_again_do_not_notice()
    {
        using Scene scene = new(SceneSnapshot.Of(Bad, Good));
        scene.Upstream(Bad).Answer = (peer, _) => peer.Reset();
        scene.Upstream(Good).Saying(Ok);
        SceneClient client = scene.Connect();
        for (int i = 0; i < 100; i++) Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal(1, scene.Counters.EndpointsOut);
        Assert.True(scene.TryTakeEvent(out EndpointEvent change));
        Assert.Equal((EndpointEventKind.Ejected, Errno.Connreset), (change.Kind, change.Errno));
    }

    [Fact]
    public void A_post_that_was_reset_is_not_sent_to_another_endpoint()
    {
        using Scene scene = new(SceneSnapshot.Of(Bad, Good));
        SceneUpstream bad = scene.Upstream(Bad);
        bad.Answer = (peer, _) => peer.Reset();
        SceneUpstream good = scene.Upstream(Good).Saying(Ok);
        int failed = 0;
        for (int i = 0; i < 20; i++)
        {
            SceneClient client = scene.Connect();
            client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n");
            if (client.Answer().StartsWith("HTTP/1.1 502 ", StringComparison.Ordinal)) failed++;
        }

        Assert.Equal(bad.Requests.Count, failed);
        Assert.Equal(20, bad.Requests.Count + good.Requests.Count);
        Assert.InRange(failed, 1, Limits.EjectionFailures);
    }

    [Fact]
    public void An_endpoint_that_comes_back_is_found_by_a_trial_and_serves_again()
    {
        using Scene scene = new(SceneSnapshot.Of(Bad, Good));
        SceneUpstream bad = scene.Upstream(Bad).Saying(Ok);
        bad.ConnectErrno = Errno.Connrefused;
        scene.Upstream(Good).Saying(Ok);
        SceneClient client = scene.Connect();
        for (int i = 0; i < 20; i++) client.Get("/");
        Assert.True(scene.TryTakeEvent(out EndpointEvent gone));
        Assert.Equal((EndpointEventKind.Ejected, Errno.Connrefused), (gone.Kind, gone.Errno));
        Assert.InRange(gone.DurationMs, Limits.EjectionMsMin / 2, Limits.EjectionMsMin);

        bad.ConnectErrno = 0;
        scene.Run(Limits.EjectionMsMin);
        for (int i = 0; i < 20; i++) Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.True(bad.Requests.Count > 3);
        Assert.Equal(0, scene.Counters.EndpointsOut);
        Assert.True(scene.TryTakeEvent(out EndpointEvent back));
        Assert.Equal(EndpointEventKind.Restored, back.Kind);
        Assert.False(scene.TryTakeEvent(out _));
    }

    // It refuses new connections and answers on those that it has: no reason to call it back each time.
    [Fact]
    public void An_endpoint_that_is_shutting_down_stays_out_although_it_answers_what_it_has_begun()
    {
        using Scene scene = new(SceneSnapshot.Of(Bad, Good));
        SceneUpstream bad = scene.Upstream(Bad);
        SceneUpstream good = scene.Upstream(Good).Saying(Ok);
        List<SceneClient> begun = [];
        while (bad.Requests.Count < 2)
        {
            begun.Add(scene.Connect());
            begun[^1].Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
            scene.Run(20);
        }

        bad.ConnectErrno = Errno.Connrefused;
        good.Answer = null;
        // The healthy one is kept busy, so that the other looks idle.
        for (int i = 0; i < 60; i++)
        {
            scene.Connect().Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
            scene.Run(5);
        }

        Assert.Equal(1, scene.Counters.EndpointsOut);
        foreach ((ScenePeer on, _) in bad.Requests) on.Reply(Ok);
        scene.Run(50);
        Assert.Equal(1, scene.Counters.EndpointsOut);
        Assert.Equal(0, scene.Counters.Read(Counter.EndpointsRestored));
        // And what it answered on is not kept.
        Assert.All(bad.Connections, connection => Assert.True(connection.IsEnded));
    }

    [Fact]
    public void When_every_endpoint_is_ejected_all_are_tried()
    {
        using Scene scene = new(SceneSnapshot.Of(Bad, Good));
        SceneUpstream bad = scene.Upstream(Bad);
        SceneUpstream good = scene.Upstream(Good).Saying(Ok);
        bad.ConnectErrno = good.ConnectErrno = Errno.Connrefused;
        SceneClient client = scene.Connect();
        for (int i = 0; i < 10; i++)
            Assert.StartsWith("HTTP/1.1 503 ", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal(2, scene.Counters.EndpointsOut);
        good.ConnectErrno = 0;
        Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
    }

    // What this machine lacks says nothing of the endpoint.
    [Fact]
    public void Connects_that_fail_for_want_of_descriptors_eject_nobody()
    {
        using Scene scene = new(SceneSnapshot.Of(Bad, Good));
        scene.Upstream(Bad).ConnectErrno = Errno.Nfile;
        scene.Upstream(Good).Saying(Ok);
        SceneClient client = scene.Connect();
        for (int i = 0; i < 50; i++) client.Get("/");
        Assert.True(scene.Counters.Read(Counter.UpstreamConnectFailures) > 3);
        Assert.Equal(0, scene.Counters.EndpointsOut);
    }

    [Fact]
    public void One_endpoint_that_hangs_leaves_slots_to_the_others()
    {
        FaultProfile faults = FaultProfile.None() with { ConnectionSlots = 128 };
        Snapshot snapshot = SceneSnapshot.Of() with
        {
            Clusters = [new Cluster { Name = "c" }, new Cluster { Name = "hung" }],
            EndpointSets = [SceneSnapshot.SetOf("c", Good), SceneSnapshot.SetOf("hung", Bad)],
            Routes = [SceneSnapshot.RouteOf("r", "l80",
                SceneSnapshot.RuleOf("/hung", "hung"), SceneSnapshot.RuleOf("/", "c"))],
        };
        using Scene scene = new(snapshot, faults: faults);
        SceneUpstream hung = scene.Upstream(Bad);
        scene.Upstream(Good).Saying(Ok);
        List<SceneClient> waiting = [];
        for (int i = 0; i < 60; i++)
        {
            waiting.Add(scene.Connect());
            waiting[i].Send("GET /hung HTTP/1.1\r\nHost: a.example\r\n\r\n");
            scene.Run(5);
        }

        Assert.Equal(32, hung.Requests.Count);
        int refused = waiting.Count(client =>
            client.Received.StartsWith("HTTP/1.1 503 ", StringComparison.Ordinal));
        Assert.Equal(28, refused);
        Assert.Equal(28, scene.Counters.Read(Counter.LimitInFlightPerEndpoint));
        Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_retired_endpoint_keeps_no_connection_and_no_ejection()
    {
        using Scene scene = new(SceneSnapshot.Of(Bad, Good));
        SceneUpstream bad = scene.Upstream(Bad);
        SceneUpstream good = scene.Upstream(Good);
        bad.ConnectErrno = Errno.Connrefused;
        SceneClient[] clients = [scene.Connect(), scene.Connect(), scene.Connect(), scene.Connect()];
        foreach (SceneClient client in clients) client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.Run(50);
        for (int i = 0; scene.Counters.EndpointsOut == 0 && i < 20; i++)
        {
            scene.Connect().Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
            scene.Run(50);
        }

        scene.Publish(SceneSnapshot.Of("10.1.0.3"));
        Assert.Equal(0, scene.Counters.EndpointsOut);
        foreach ((ScenePeer on, _) in good.Requests) on.Reply(Ok);
        scene.Run(50);
        Assert.All(clients, client => Assert.EndsWith("ok", client.Received, StringComparison.Ordinal));
        Assert.All(good.Connections, connection => Assert.True(connection.IsEnded));
    }

    [Theory]
    [InlineData(Errno.Timedout, "connect-timed-out", 504)]
    [InlineData(Errno.Connrefused, "connect-failed", 503)]
    [InlineData(Errno.Hostunreach, "connect-failed", 503)]
    public void What_a_connect_fails_with_is_told_apart_and_counted(int errno, string outcome, int status)
    {
        using Scene scene = new(SceneSnapshot.Of(Bad));
        scene.Upstream(Bad).ConnectErrno = errno;
        Assert.StartsWith($"HTTP/1.1 {status} ", scene.Connect().Get("/"), StringComparison.Ordinal);
        Assert.Equal(outcome, scene.Record().GetProperty("outcome").GetString());
        Assert.Equal(1, scene.Counters.Read(Counter.UpstreamConnectFailures));
    }

    [Fact]
    public void The_connect_timeout_is_the_clusters_or_else_the_routers()
    {
        Snapshot own = SceneSnapshot.Of(Bad);
        Snapshot clusters = own with { Clusters = [new Cluster { Name = "c", ConnectTimeoutMs = 200 }] };
        Assert.InRange(TimeOf(clusters), 200, 230);
        Assert.InRange(TimeOf(own), 5_000, 5_030);

        static long TimeOf(Snapshot snapshot)
        {
            using Scene scene = new(snapshot, new Timeouts { ConnectMs = 5_000 });
            scene.Upstream(Bad).IsSilent = true;
            SceneClient client = scene.Connect();
            long beforeMs = scene.NowMs;
            client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
            scene.RunUntil(() => client.Received.Contains(" 504 ", StringComparison.Ordinal));
            return scene.NowMs - beforeMs;
        }
    }

    [Fact]
    public void A_backend_of_weight_0_gets_nothing_and_the_other_everything()
    {
        Snapshot snapshot = SceneSnapshot.Of() with
        {
            Clusters = [new Cluster { Name = "none" }, new Cluster { Name = "all" }],
            EndpointSets = [SceneSnapshot.SetOf("none", Bad), SceneSnapshot.SetOf("all", Good)],
            Routes = [SceneSnapshot.RouteOf("r", "l80", new HttpRule
            {
                Backends =
                [
                    new WeightedCluster { Cluster = "none", Weight = 0 },
                    new WeightedCluster { Cluster = "all", Weight = 1 },
                ],
            })],
        };
        using Scene scene = new(snapshot);
        SceneUpstream none = scene.Upstream(Bad).Saying(Ok);
        SceneUpstream all = scene.Upstream(Good).Saying(Ok);
        SceneClient client = scene.Connect();
        for (int i = 0; i < 50; i++) Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Empty(none.Requests);
        Assert.Equal(50, all.Requests.Count);
    }
}
