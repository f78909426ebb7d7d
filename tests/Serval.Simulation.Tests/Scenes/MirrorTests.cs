using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Rings;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>Copies of requests: they arrive, and nothing that happens to them shows in an exchange.</summary>
public sealed class MirrorTests
{
    private const string Main = "10.1.0.1";
    private const string One = "10.1.0.2";
    private const string Two = "10.1.0.3";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Dropped = "HTTP/1.1 500 No\r\nContent-Length: 7\r\n\r\ndropped";

    [Fact]
    public void Every_mirror_gets_a_copy_and_its_response_is_dropped()
    {
        using Scene scene = new(SnapshotOf([Mirror("one"), Mirror("two")]));
        SceneUpstream main = scene.Upstream(Main).Saying(Ok);
        SceneUpstream one = scene.Upstream(One).Saying(Dropped);
        SceneUpstream two = scene.Upstream(Two).Saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\n0\r\n\r\n");
        SceneClient client = scene.Connect();
        for (int i = 0; i < 5; i++)
            Assert.EndsWith("\r\n\r\nok", client.Get($"/{i}"), StringComparison.Ordinal);
        Assert.Equal(main.Requests.Select(request => request.Head),
            one.Requests.Select(request => request.Head));
        Assert.Equal(5, two.Requests.Count);
        // A connection whose response came whole is used again.
        Assert.Single(one.Connections);
        Assert.Equal(10, scene.Counters.Read(Counter.MirrorsCompleted));
        Assert.Equal(5, scene.Records().Count);
    }

    [Theory]
    [InlineData(0, 100, 0, 0)]
    [InlineData(1, 4, 10, 90)]
    [InlineData(100, 100, 200, 200)]
    public void A_share_of_the_requests_is_copied(int numerator, int denominator, int least, int most)
    {
        MirrorFilter mirror = Mirror("one") with { Numerator = numerator, Denominator = denominator };
        using Scene scene = new(SnapshotOf([mirror]));
        scene.Upstream(Main).Saying(Ok);
        SceneUpstream one = scene.Upstream(One).Saying(Dropped);
        SceneClient client = scene.Connect();
        for (int i = 0; i < 200; i++) client.Get("/");
        Assert.InRange(one.Requests.Count, least, most);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_body_is_copied_as_it_comes(bool isChunked)
    {
        using Scene scene = new(SnapshotOf([Mirror("one")]));
        SceneUpstream main = scene.Upstream(Main);
        SceneUpstream one = scene.Upstream(One);
        SceneClient client = scene.Connect();
        string framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 60000";
        client.Send($"POST / HTTP/1.1\r\nHost: a.example\r\n{framing}\r\n\r\n");
        for (int i = 0; i < 60; i++)
        {
            string part = new((char)('a' + (i % 26)), 1_000);
            client.Send(isChunked ? $"3e8;x\r\n{part}\r\n" : part);
            scene.Run(i % 7);
        }

        if (isChunked) client.Send("0\r\nX-Sum: 1\r\n\r\n");
        scene.RunUntil(() => main.Connections.Count == 1 && main.Connections[0].Received.Length > 60_000);
        scene.Run(100);
        main.Connections[0].Reply(Ok);
        one.Connections[0].Reply(Dropped);
        Assert.EndsWith("ok", client.Answer(), StringComparison.Ordinal);
        Assert.Equal(main.Connections[0].Received, one.Connections[0].Received);
        Assert.Equal(1, scene.Counters.Read(Counter.MirrorsCompleted));
    }

    [Fact]
    public void A_copy_has_every_byte_once_however_slowly_the_upstream_takes_them()
    {
        const int length = 300_000;
        using Scene scene = new(SnapshotOf([Mirror("one")]));
        SceneUpstream main = scene.Upstream(Main);
        SceneUpstream one = scene.Upstream(One);
        main.Answer = (peer, _) => peer.StopsReading = true;
        string body = string.Concat(Enumerable.Range(0, length / 10).Select(i => $"{i,9};"));
        SceneClient client = scene.Connect();
        client.Send($"PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: {length}\r\n\r\n");
        scene.RunUntil(() => main.Connections.Count == 1);
        ScenePeer slow = main.Connections[0];
        for (int at = 0; at < length; at += 1_000)
        {
            scene.RunUntil(() =>
            {
                if (client.Tcp.ToRouter.Room >= 1_000) return true;
                ReadOnce();
                return false;
            });
            client.Send(body[at..(at + 1_000)]);
            scene.Run(2);
        }

        scene.RunUntil(() =>
        {
            ReadOnce();
            return slow.Received.EndsWith(body, StringComparison.Ordinal)
                && one.Connections[0].Received.EndsWith(body, StringComparison.Ordinal);
        });
        Assert.Equal(slow.Received, one.Connections[0].Received);

        void ReadOnce()
        {
            slow.StopsReading = false;
            slow.Read();
            slow.StopsReading = true;
        }
    }

    [Fact]
    public void A_mirror_that_does_not_read_is_given_up_and_the_upload_goes_on()
    {
        using Scene scene = new(SnapshotOf([Mirror("one")]));
        SceneUpstream main = scene.Upstream(Main);
        SceneUpstream one = scene.Upstream(One);
        SceneClient client = scene.Connect();
        client.Send("PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 900000\r\n\r\n");
        scene.RunUntil(() => one.Connections.Count == 1 && main.Connections.Count == 1);
        one.Connections[0].StopsReading = true;
        for (int i = 0; i < 9; i++) client.Send(new string('x', 100_000));
        scene.RunUntil(() => main.Connections[0].Received.Length > 900_000);
        main.Connections[0].Reply(Ok);
        Assert.EndsWith("ok", client.Answer(), StringComparison.Ordinal);
        Assert.Equal(1, scene.Counters.Read(Counter.MirrorsDropped));
        Assert.Equal(0, scene.Counters.Read(Counter.MirrorsCompleted));
    }

    [Fact]
    public void A_mirror_that_refuses_hangs_or_breaks_off_changes_nothing()
    {
        using Scene scene = new(SnapshotOf([Mirror("one"), Mirror("two"), Mirror("none")]),
            new Timeouts { ConnectMs = 500, StreamIdleMs = 5_000 });
        SceneUpstream main = scene.Upstream(Main).Saying(Ok);
        scene.Upstream(One).ConnectErrno = Errno.Connrefused;
        scene.Upstream(Two).Answer = (peer, head) =>
        {
            if (head.Contains("/0", StringComparison.Ordinal)) peer.Reset();
            if (head.Contains("/1", StringComparison.Ordinal)) peer.Reply("HTTP/1.1 200 OK\r\nContent-Le");
        };
        SceneClient client = scene.Connect();
        for (int i = 0; i < 3; i++)
        {
            long beforeMs = scene.NowMs;
            Assert.EndsWith("ok", client.Get($"/{i}"), StringComparison.Ordinal);
            Assert.InRange(scene.NowMs - beforeMs, 0, 100);
        }

        scene.Run(10_000);
        Assert.Equal(3, main.Requests.Count);
        Assert.Equal(9, scene.Counters.Read(Counter.MirrorsFailed));
    }

    [Fact]
    public void A_client_that_breaks_off_takes_the_copy_with_it()
    {
        using Scene scene = new(SnapshotOf([Mirror("one")]));
        scene.Upstream(Main);
        SceneUpstream one = scene.Upstream(One);
        SceneClient client = scene.Connect();
        client.Send("PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100\r\n\r\nabc");
        scene.RunUntil(() => one.Requests.Count == 1);
        client.Reset();
        scene.RunUntil(() => one.Connections[0].IsEnded);
        Assert.Equal(1, scene.Counters.Read(Counter.MirrorsDropped));
    }

    [Fact]
    public void Only_so_many_copies_are_under_way_and_requests_go_on()
    {
        FaultProfile faults = FaultProfile.None() with { ConnectionSlots = 8 * Limits.MirrorsInFlight };
        using Scene scene = new(SnapshotOf([Mirror("one")]), faults: faults);
        SceneUpstream main = scene.Upstream(Main).Saying(Ok);
        SceneUpstream one = scene.Upstream(One);
        SceneClient client = scene.Connect();
        for (int i = 0; i < Limits.MirrorsInFlight + 10; i++)
            Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal(Limits.MirrorsInFlight + 10, main.Requests.Count);
        Assert.Equal(Limits.MirrorsInFlight, one.Requests.Count);
        Assert.Equal(10, scene.Counters.Read(Counter.LimitMirrorsInFlight));
        // They end, and there is room again.
        foreach (ScenePeer connection in one.Connections) connection.Reply(Dropped);
        scene.Run(50);
        client.Get("/");
        Assert.Equal(Limits.MirrorsInFlight + 1, one.Requests.Count);
    }

    [Fact]
    public void A_connection_whose_copy_was_answered_before_it_was_whole_carries_no_other()
    {
        using Scene scene = new(SnapshotOf([Mirror("one")]));
        SceneUpstream main = scene.Upstream(Main);
        SceneUpstream one = scene.Upstream(One);
        SceneClient client = scene.Connect();
        client.Send("PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 6\r\n\r\nabc");
        scene.RunUntil(() => one.Requests.Count == 1 && main.Requests.Count == 1);
        one.Connections[0].Reply(Dropped);
        scene.RunUntil(() => scene.Counters.Read(Counter.MirrorsCompleted) == 1);
        client.Send("def");
        scene.RunUntil(() => main.Connections[0].Received.EndsWith("def", StringComparison.Ordinal));
        main.Connections[0].Reply(Ok);
        Assert.EndsWith("ok", client.Answer(), StringComparison.Ordinal);
        main.Saying(Ok);
        client.Get("/");
        scene.RunUntil(() => one.Requests.Count == 2);
        Assert.Equal(2, one.Connections.Count);
    }

    [Fact]
    public void An_upgrade_is_not_copied()
    {
        using Scene scene = new(SnapshotOf([Mirror("one")]));
        SceneUpstream main = scene.Upstream(Main)
            .Saying("HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        SceneUpstream one = scene.Upstream(One);
        SceneClient client = scene.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        scene.RunUntil(() => main.Requests.Count == 1);
        scene.Run(100);
        Assert.Empty(one.Connections);
    }

    [Fact]
    public void Filters_of_the_rule_apply_to_the_copy_and_those_of_a_backend_do_not()
    {
        HeaderEdits edits = new() { Set = [new HeaderValue("X-Rule", "1")] };
        HeaderEdits own = new() { Set = [new HeaderValue("X-Backend", "1")] };
        Snapshot snapshot = SnapshotOf([new RequestHeaderFilter(edits), Mirror("one")],
            [new RequestHeaderFilter(own)]);
        using Scene scene = new(snapshot);
        SceneUpstream main = scene.Upstream(Main).Saying(Ok);
        SceneUpstream one = scene.Upstream(One).Saying(Dropped);
        Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
        Assert.Contains("X-Rule: 1\r\n", main.Requests[0].Head, StringComparison.Ordinal);
        Assert.Contains("X-Backend: 1\r\n", main.Requests[0].Head, StringComparison.Ordinal);
        Assert.Contains("X-Rule: 1\r\n", one.Requests[0].Head, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Backend", one.Requests[0].Head, StringComparison.Ordinal);
    }

    [Fact]
    public void A_response_has_the_edits_of_its_backend_although_the_request_was_copied_without_them()
    {
        HeaderEdits asking = new() { Set = [new HeaderValue("X-Backend", "1")] };
        HeaderEdits answering = new() { Set = [new HeaderValue("X-Answer", "1")] };
        using Scene scene = new(SnapshotOf(
            [Mirror("one")], [new RequestHeaderFilter(asking), new ResponseHeaderFilter(answering)]));
        scene.Upstream(Main).Saying(Ok);
        SceneUpstream one = scene.Upstream(One).Saying(Dropped);
        Assert.Contains("\r\nX-Answer: 1\r\n", scene.Connect().Get("/"), StringComparison.Ordinal);
        Assert.DoesNotContain("X-Backend", Assert.Single(one.Requests).Head, StringComparison.Ordinal);
    }

    [Fact]
    public void Copies_leave_the_last_connections_to_requests()
    {
        string[] silent = [.. Enumerable.Range(10, 8).Select(i => $"10.1.0.{i}")];
        Snapshot snapshot = SnapshotOf([Mirror("one")]);
        EndpointSet[] sets = [SceneSnapshot.SetOf("c", Main), SceneSnapshot.SetOf("one", silent)];
        using Scene scene = new(
            snapshot with { EndpointSets = [.. sets] },
            faults: FaultProfile.None() with { ConnectionSlots = 64 });
        SceneUpstream main = scene.Upstream(Main).Saying(Ok);
        foreach (string address in silent) scene.Upstream(address);
        SceneClient client = scene.Connect();
        for (int i = 0; i < 64; i++) Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal(64, main.Requests.Count);
        Assert.InRange(scene.Counters.Read(Counter.LimitMirrorsInFlight), 1, 63);
        Assert.Equal(0, scene.Counters.Read(Counter.MirrorsFailed));
    }

    [Fact]
    public void A_copy_does_not_have_the_path_that_a_backend_gives_its_own_request()
    {
        RewriteFilter rewrite = new() { Path = new PathChange(PathChangeKind.ReplaceFull, "/changed") };
        using Scene scene = new(SnapshotOf([Mirror("one")], [rewrite]));
        SceneUpstream main = scene.Upstream(Main).Saying(Ok);
        SceneUpstream one = scene.Upstream(One).Saying(Dropped);
        Assert.EndsWith("ok", scene.Connect().Get("/asked"), StringComparison.Ordinal);
        Assert.StartsWith("GET /changed ", Assert.Single(main.Requests).Head, StringComparison.Ordinal);
        Assert.StartsWith("GET /asked ", Assert.Single(one.Requests).Head, StringComparison.Ordinal);
    }

    [Fact]
    public void Connecting_for_a_copy_may_take_as_long_as_its_cluster_says()
    {
        Snapshot snapshot = SnapshotOf([Mirror("one")]);
        Cluster[] clusters = [new() { Name = "c" }, new() { Name = "one", ConnectTimeoutMs = 500 }];
        using Scene scene = new(
            snapshot with { Clusters = [.. clusters], EndpointSets = snapshot.EndpointSets[..2] });
        scene.Upstream(Main).Saying(Ok);
        scene.Upstream(One).IsSilent = true;
        Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
        scene.Run(400);
        Assert.Equal(0, scene.Counters.Read(Counter.MirrorsFailed));
        scene.Run(200);
        Assert.Equal(1, scene.Counters.Read(Counter.MirrorsFailed));
    }

    [Fact]
    public void A_response_to_a_copy_may_take_long_as_long_as_it_goes_on()
    {
        using Scene scene = new(SnapshotOf([Mirror("one")]), new Timeouts { StreamIdleMs = 1_000 });
        scene.Upstream(Main).Saying(Ok);
        SceneUpstream one = scene.Upstream(One);
        Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
        ScenePeer slow = Assert.Single(one.Connections);
        slow.Send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
        for (int i = 0; i < 6; i++)
        {
            scene.Run(500);
            slow.Send("x");
        }

        scene.Run(20);
        Assert.Equal(1, scene.Counters.Read(Counter.MirrorsCompleted));
        Assert.Equal(0, scene.Counters.Read(Counter.MirrorsFailed));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nwhatever comes", true)]
    public void A_connection_that_ends_or_says_too_much_carries_no_other_copy(string answer, bool isEnded)
    {
        using Scene scene = new(SnapshotOf([Mirror("one")]));
        scene.Upstream(Main).Saying(Ok);
        SceneUpstream one = scene.Upstream(One);
        one.Answer = (peer, _) =>
        {
            peer.Reply(answer);
            if (isEnded) peer.End();
        };
        SceneClient client = scene.Connect();
        for (int i = 1; i <= 3; i++)
        {
            client.Get("/");
            scene.RunUntil(() => scene.Counters.Read(Counter.MirrorsCompleted) == i);
        }

        Assert.Equal(3, one.Connections.Count);
        Assert.Equal(0, scene.Counters.Read(Counter.MirrorsFailed));
    }

    [Fact]
    public void What_comes_before_the_response_to_a_copy_is_dropped_and_its_bytes_are_counted()
    {
        const string hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
        using Scene scene = new(SnapshotOf([Mirror("one")]));
        scene.Upstream(Main).Saying(Ok);
        SceneUpstream one = scene.Upstream(One).Saying(hints + Dropped);
        SceneClient client = scene.Connect();
        for (int i = 1; i <= 3; i++)
        {
            client.Get("/");
            scene.RunUntil(() => scene.Counters.Read(Counter.MirrorsCompleted) == i);
        }

        Assert.Single(one.Connections);
        Assert.Equal(
            3 * (Ok.Length + hints.Length + Dropped.Length),
            scene.Counters.Read(Counter.BytesReceivedUpstream));
    }

    [Fact]
    public void The_response_to_a_copy_of_a_HEAD_has_no_body()
    {
        using Scene scene = new(SnapshotOf([Mirror("one")]));
        scene.Upstream(Main).Saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
        SceneUpstream one = scene.Upstream(One).Saying("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
        SceneClient client = scene.Connect();
        for (int i = 1; i <= 2; i++)
        {
            client.Send("HEAD / HTTP/1.1\r\nHost: a.example\r\n\r\n");
            scene.RunUntil(() => scene.Counters.Read(Counter.MirrorsCompleted) == i, limitMs: 1_000);
        }

        Assert.Single(one.Connections);
    }

    [Fact]
    public void A_head_in_many_pieces_is_the_head_of_a_response_to_a_copy()
    {
        string head = $"HTTP/1.1 200 OK\r\nX-Long: {new string('x', 6_000)}\r\nContent-Length: 0\r\n\r\n";
        using Scene scene = new(SnapshotOf([Mirror("one")]));
        scene.Upstream(Main).Saying(Ok);
        SceneUpstream one = scene.Upstream(One);
        scene.Connect().Get("/");
        ScenePeer slow = Assert.Single(one.Connections);
        foreach (char[] piece in head.Chunk(1_000))
        {
            slow.Send(new string(piece));
            scene.Run(10);
        }

        Assert.Equal(1, scene.Counters.Read(Counter.MirrorsCompleted));
    }

    [Fact]
    public void A_copy_may_be_sent_for_long_as_long_as_it_goes_on()
    {
        using Scene scene = new(SnapshotOf([Mirror("one")]), new Timeouts { StreamIdleMs = 1_000 });
        SceneUpstream main = scene.Upstream(Main);
        SceneUpstream one = scene.Upstream(One);
        SceneClient client = scene.Connect();
        client.Send("PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 6\r\n\r\n");
        for (int i = 0; i < 6; i++)
        {
            scene.Run(500);
            client.Send("x");
        }

        scene.Run(20);
        main.Connections[0].Reply(Ok);
        one.Connections[0].Reply(Dropped);
        Assert.EndsWith("ok", client.Answer(), StringComparison.Ordinal);
        scene.RunUntil(() => scene.Counters.Read(Counter.MirrorsCompleted) == 1, limitMs: 500);
        Assert.EndsWith("xxxxxx", one.Connections[0].Received, StringComparison.Ordinal);
    }

    [Fact]
    public void One_copy_that_breaks_off_leaves_those_begun_before_and_after_it_whole()
    {
        using Scene scene = new(SnapshotOf([Mirror("one"), Mirror("two"), Mirror("one")]));
        SceneUpstream main = scene.Upstream(Main);
        SceneUpstream one = scene.Upstream(One);
        SceneUpstream two = scene.Upstream(Two);
        SceneClient client = scene.Connect();
        client.Send("PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 6\r\n\r\nabc");
        scene.RunUntil(() => main.Requests.Count == 1 && one.Requests.Count == 2 && two.Requests.Count == 1);
        two.Connections[0].Reset();
        scene.RunUntil(() => scene.Counters.Read(Counter.MirrorsFailed) == 1);
        client.Send("def");
        ScenePeer[] left = [main.Connections[0], .. one.Connections];
        scene.RunUntil(() => left.All(peer => peer.Received.EndsWith("abcdef", StringComparison.Ordinal)));
        Assert.Equal(main.Connections[0].Received, one.Connections[0].Received);
    }

    [Fact]
    public void An_endpoint_that_refuses_copies_is_counted_and_left_out()
    {
        Snapshot snapshot = SnapshotOf([Mirror("one")]);
        EndpointSet[] sets = [SceneSnapshot.SetOf("c", Main), SceneSnapshot.SetOf("one", One, Two)];
        using Scene scene = new(snapshot with { EndpointSets = [.. sets] });
        scene.Upstream(Main).Saying(Ok);
        scene.Upstream(One).ConnectErrno = Errno.Connrefused;
        scene.Upstream(Two).Saying(Dropped);
        SceneClient client = scene.Connect();
        for (int i = 0; i < 30; i++) client.Get("/");
        Assert.True(scene.TryTakeEvent(out EndpointEvent gone));
        Assert.Equal((EndpointEventKind.Ejected, Errno.Connrefused), (gone.Kind, gone.Errno));
        long failed = scene.Counters.Read(Counter.MirrorsFailed);
        Assert.InRange(failed, 1, 15);
        Assert.Equal(failed, scene.Counters.Read(Counter.UpstreamConnectFailures));
    }

    private static MirrorFilter Mirror(string cluster) => new() { Cluster = cluster };

    private static Snapshot SnapshotOf(Filter[] filters, Filter[]? backend = null)
    {
        HttpRule rule = new()
        {
            Filters = [.. filters],
            Backends = [new WeightedCluster { Cluster = "c", Filters = [.. backend ?? []] }],
        };
        return SceneSnapshot.Of(rule, Main) with
        {
            Clusters =
            [
                new Cluster { Name = "c" }, new Cluster { Name = "none" }, new Cluster { Name = "one" },
                new Cluster { Name = "two" },
            ],
            EndpointSets =
            [
                SceneSnapshot.SetOf("c", Main), SceneSnapshot.SetOf("one", One),
                SceneSnapshot.SetOf("two", Two),
            ],
        };
    }
}
