using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>Who is waited for how long, and who is blamed.</summary>
public sealed class TimeoutTests
{
    private const string Endpoint = "10.1.0.1";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Get = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100000\r\n\r\n";

    // A rule's own time replaces the router's, which is a minute here.
    [Theory]
    [InlineData(120_000, 0)]
    [InlineData(0, 120_000)]
    [InlineData(HttpRule.NoTimeout, 0)]
    [InlineData(0, HttpRule.NoTimeout)]
    public void A_rule_that_waits_longer_than_the_router_is_obeyed(int requestMs, int backendMs)
    {
        HttpRule rule = new() { RequestTimeoutMs = requestMs, BackendRequestTimeoutMs = backendMs };
        using Scene scene = new(SceneSnapshot.Of(rule, Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send(Get);
        scene.Run(110_000);
        Assert.Equal("", client.Received);
        upstream.Connections[0].Reply(Ok);
        Assert.EndsWith("ok", client.Answer(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_end_means_that_an_event_may_come_days_later()
    {
        HttpRule rule = new() { RequestTimeoutMs = HttpRule.NoTimeout };
        using Scene scene = new(SceneSnapshot.Of(rule, Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        upstream.Saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        SceneClient client = scene.Connect();
        client.Get("/");
        for (int day = 0; day < 3; day++) scene.Run(86_400_000 / 10);
        Assert.False(client.IsEnded);
        upstream.Connections[0].Send("1\r\nb\r\n0\r\n\r\n");
        scene.RunUntil(() => client.Received.EndsWith("0\r\n\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public void A_rule_without_timeouts_has_the_routers()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), new Timeouts { StreamIdleMs = 30_000 });
        scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send(Get);
        scene.Run(29_000);
        Assert.Equal("", client.Received);
        scene.Run(2_000);
        Assert.StartsWith("HTTP/1.1 504 ", client.Received, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_waits_less_is_obeyed_too()
    {
        HttpRule rule = new() { BackendRequestTimeoutMs = 1_000 };
        using Scene scene = new(SceneSnapshot.Of(rule, Endpoint));
        scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send(Get);
        scene.Run(950);
        Assert.Equal("", client.Received);
        scene.Run(100);
        Assert.StartsWith("HTTP/1.1 504 ", client.Received, StringComparison.Ordinal);
        Assert.Equal("upstream-timed-out", scene.Record().GetProperty("outcome").GetString());
    }

    [Fact]
    public void A_second_attempt_has_the_whole_time_of_an_attempt()
    {
        HttpRule rule = new() { BackendRequestTimeoutMs = 1_000 };
        using Scene scene = new(SceneSnapshot.Of(rule, Endpoint, "10.1.0.2"));
        SceneUpstream[] upstreams = [scene.Upstream(Endpoint), scene.Upstream("10.1.0.2")];
        SceneClient client = scene.Connect();
        client.Send(Get);
        scene.Run(800);
        SceneUpstream first = upstreams[0].Requests.Count > 0 ? upstreams[0] : upstreams[1];
        SceneUpstream second = first == upstreams[0] ? upstreams[1] : upstreams[0];
        first.Connections[0].Reset();
        scene.Run(800);
        Assert.Equal("", client.Received);
        second.Connections[0].Reply(Ok);
        Assert.EndsWith("ok", client.Answer(), StringComparison.Ordinal);
        Assert.Equal(2, scene.Record().GetProperty("attempts").GetInt32());
    }

    [Fact]
    public void The_time_of_a_request_ends_a_response_that_trickles()
    {
        HttpRule rule = new() { RequestTimeoutMs = 2_000 };
        using Scene scene = new(SceneSnapshot.Of(rule, Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
        SceneClient client = scene.Connect();
        client.Send(Get);
        int sent = 0;
        for (; !client.IsEnded && sent < 50; sent++)
        {
            scene.Run(200);
            upstream.Connections[0].Reply("x");
        }

        Assert.InRange(sent, 9, 11);
        Assert.True(upstream.Connections[0].IsEnded);
        Assert.Equal("request-timed-out", scene.Record().GetProperty("outcome").GetString());
    }

    [Fact]
    public void A_whole_response_that_its_client_reads_late_is_not_cut_by_the_time_of_the_request()
    {
        HttpRule rule = new() { RequestTimeoutMs = 2_000 };
        using Scene scene = new(SceneSnapshot.Of(rule, Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.StopsReading = true;
        client.Send(Get);
        scene.RunUntil(() => upstream.Requests.Count == 1);
        string body = new('x', 100_000);
        upstream.Connections[0].Send($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        scene.Run(10_000);
        client.StopsReading = false;
        client.Read();
        scene.RunUntil(() => client.Received.Length > body.Length || client.IsEnded);
        Assert.EndsWith("\r\n\r\n" + body, client.Received, StringComparison.Ordinal);
        Assert.Equal("completed", scene.Record().GetProperty("outcome").GetString());
    }

    [Fact]
    public void A_client_that_never_reads_answers_of_ours_is_cut_off_and_one_that_does_is_not()
    {
        FaultProfile faults = FaultProfile.None() with { PipeBytes = 4_096 };
        using Scene scene = new(
            SceneSnapshot.Of(SceneSnapshot.RuleOf("/up", "c"), Endpoint),
            new Timeouts { StreamIdleMs = 5_000 }, faults);
        SceneClient reader = scene.Connect();
        SceneClient client = scene.Connect();
        client.StopsReading = true;
        string requests = string.Concat(Enumerable.Repeat(Get, 100));
        reader.Send(requests);
        client.Send(requests);
        scene.Run(4_500);
        Assert.Equal(100, reader.Received.Split("HTTP/1.1 404 ").Length - 1);
        Assert.False(client.Tcp.IsRouterClosed);
        scene.Run(3_000);
        Assert.True(client.Tcp.IsRouterClosed);
        Assert.False(reader.IsEnded);
        Assert.Equal("downstream-timed-out", scene.Records()[^1].GetProperty("outcome").GetString());
    }

    // Nothing is read from the upstream meanwhile, for longer than it may be idle.
    [Fact]
    public void A_download_that_its_client_reads_slowly_and_steadily_is_nobodys_fault()
    {
        const int length = 1_000_000;
        using Scene scene = new(SceneSnapshot.Of(Endpoint), new Timeouts { StreamIdleMs = 5_000 });
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(
            $"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        SceneClient client = scene.Connect();
        client.Get("/");
        client.Take();
        client.StopsReading = true;
        ScenePeer peer = upstream.Connections[0];
        int sent = 0;
        for (int i = 0; i < 200 && peer.Tcp.ToRouter.Room >= 10_000; i++)
        {
            peer.Send(new string('x', 10_000));
            sent += 10_000;
            scene.Run(20);
        }

        Assert.True(sent < length, "the upstream is never held back");
        byte[] sip = new byte[100];
        for (int i = 0; i < 30; i++)
        {
            Assert.Equal(sip.Length, client.Tcp.PeerRead(sip));
            scene.Run(1_000);
        }

        Assert.Empty(scene.Records());
        client.StopsReading = false;
        client.Read();
        peer.Send(new string('x', length - sent));
        scene.RunUntil(() => client.Received.Length == length - (30 * sip.Length));
        Assert.Equal("completed", scene.Record().GetProperty("outcome").GetString());
    }

    [Fact]
    public void A_client_that_stalls_its_upload_is_blamed_and_not_the_upstream()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), new Timeouts { StreamIdleMs = 5_000 });
        scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send(Post + new string('b', 1_000));
        scene.Run(4_900);
        Assert.Equal("", client.Received);
        scene.Run(1_200);
        Assert.StartsWith("HTTP/1.1 408 ", client.Received, StringComparison.Ordinal);
        Assert.Equal("downstream-timed-out", scene.Record().GetProperty("outcome").GetString());
    }

    [Fact]
    public void A_client_that_stalls_a_small_upload_is_told_that_its_connection_ends()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), new Timeouts { StreamIdleMs = 5_000 });
        scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhell");
        string answer = client.Answer();
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.True(client.IsEnded);
    }

    // A client that sends a little now and then is slow, and neither side stalls.
    [Fact]
    public void A_slow_upload_is_nobodys_fault()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), new Timeouts { StreamIdleMs = 5_000 });
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send(Post);
        for (int i = 0; i < 100; i++)
        {
            client.Send(new string('b', 1_000));
            scene.Run(4_000);
        }

        Assert.Equal("", client.Received);
        upstream.Connections[0].Reply(Ok);
        Assert.EndsWith("ok", client.Answer(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_upstream_that_stops_taking_an_upload_is_blamed_and_not_the_client()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), new Timeouts { StreamIdleMs = 5_000 });
        SceneUpstream upstream = scene.Upstream(Endpoint);
        upstream.Answer = (peer, _) => peer.StopsReading = true;
        SceneClient client = scene.Connect();
        client.Send(Post);
        scene.Run(20);
        // As much as the two connections and the router take; the rest stays with the client.
        for (int i = 0; i < 99 && client.Tcp.ToRouter.Room >= 1_000; i++)
        {
            client.Send(new string('b', 1_000));
            scene.Run(2);
        }

        scene.Run(12_000);
        Assert.StartsWith("HTTP/1.1 504 ", client.Received, StringComparison.Ordinal);
        Assert.Equal("upstream-timed-out", scene.Record().GetProperty("outcome").GetString());
    }

    [Fact]
    public void A_head_that_drips_is_answered_when_its_time_is_over_however_steadily_it_drips()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), new Timeouts { RequestHeadMs = 3_000 });
        SceneClient client = scene.Connect();
        const string head = "GET / HTTP/1.1\r\nHost: a.example\r\nX-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        long beganMs = scene.NowMs;
        foreach (char letter in head)
        {
            client.Send(letter.ToString());
            scene.Run(100);
            if (client.IsEnded) break;
        }

        Assert.StartsWith("HTTP/1.1 408 ", client.Received, StringComparison.Ordinal);
        Assert.InRange(scene.NowMs - beganMs, 3_000, 3_200);
    }

    // A worker that had no turn for long finds bytes and deadlines at once.
    [Fact]
    public void A_peer_whose_bytes_came_in_time_does_not_pay_for_a_worker_that_was_held_up()
    {
        HttpRule rule = new() { BackendRequestTimeoutMs = 1_000 };
        using Scene scene = new(SceneSnapshot.Of(rule, Endpoint), new Timeouts { RequestHeadMs = 3_000 });
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send(Get[..20]);
        scene.Run(500);
        client.Reply(Get[20..]);
        scene.Stall(10_000);
        scene.RunUntil(() => upstream.Requests.Count == 1 || client.IsEnded);
        Assert.Equal("", client.Received);
        upstream.Connections[0].Reply(Ok);
        scene.Stall(10_000);
        Assert.EndsWith("\r\n\r\nok", client.Answer(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_that_says_nothing_from_the_start_is_closed()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), new Timeouts { RequestHeadMs = 3_000 });
        SceneClient client = scene.Connect();
        scene.Run(2_900);
        Assert.False(client.IsEnded);
        scene.Run(200);
        Assert.True(client.IsEnded);
        Assert.Equal("", client.Received);
        Assert.Empty(scene.Records());
    }

    [Fact]
    public void A_kept_connection_is_closed_when_its_idle_time_is_over_and_each_request_begins_it_anew()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), new Timeouts { DownstreamIdleMs = 20_000 });
        scene.Upstream(Endpoint).Saying(Ok);
        SceneClient client = scene.Connect();
        for (int i = 0; i < 3; i++)
        {
            client.Get("/");
            scene.Run(19_500);
            Assert.False(client.IsEnded);
        }

        scene.Run(600);
        Assert.True(client.IsEnded);
    }

    [Fact]
    public void An_idle_upstream_connection_is_closed_when_its_time_is_over()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), new Timeouts { UpstreamIdleMs = 20_000 });
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Ok);
        scene.Connect().Get("/");
        scene.Run(19_500);
        Assert.False(upstream.Connections[0].IsEnded);
        scene.Run(600);
        Assert.True(upstream.Connections[0].IsEnded);
    }

    [Theory]
    [InlineData(0, 100, Limits.LingerIdleMs)]
    [InlineData(1, 500, Limits.LingerMs)]
    public void Lingering_is_bounded_in_time(int bytesPerStep, int stepMs, int boundMs)
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneClient client = scene.Connect();
        client.Send("garbage\r\n\r\n");
        long beganMs = scene.NowMs;
        while (scene.Counters.Read(Counter.ConnectionsClosed) == 0 && scene.NowMs - beganMs < 2 * boundMs)
        {
            if (bytesPerStep > 0) client.Send(new string('g', bytesPerStep));
            scene.Run(stepMs);
        }

        Assert.StartsWith("HTTP/1.1 400 ", client.Received, StringComparison.Ordinal);
        Assert.InRange(scene.NowMs - beganMs, boundMs, boundMs + 600);
    }

    [Fact]
    public void Lingering_is_bounded_in_bytes_and_harms_nobody_else()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        scene.Upstream(Endpoint).Saying(Ok);
        SceneClient other = scene.Connect();
        SceneClient client = scene.Connect();
        client.Send("garbage\r\n\r\n");
        byte[] garbage = new byte[65_536];
        long sent = 0;
        for (int step = 0; scene.Counters.Read(Counter.ConnectionsClosed) == 0; step++)
        {
            int count = Math.Min(garbage.Length, client.Tcp.ToRouter.Room);
            if (count > 0) client.Tcp.PeerWrite(garbage.AsSpan(0, count));
            sent += count;
            Assert.InRange(sent, 0, Limits.LingerBytesMax + 1_000_000);
            if (step % 1_000 == 0) Assert.EndsWith("ok", other.Get("/"), StringComparison.Ordinal);
            scene.Run(1);
        }

        Assert.InRange(sent, Limits.LingerBytesMax, Limits.LingerBytesMax + 1_000_000);
        Assert.Equal(1, scene.Counters.Read(Counter.LimitLingerBytes));
        Assert.EndsWith("ok", other.Get("/"), StringComparison.Ordinal);
    }
}
