using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;

namespace Serval.Simulation.Tests.Scenes;

public sealed class TunnelTests
{
    private const string Upgrade = "Connection: upgrade\r\nUpgrade: echo\r\n";
    private const string Switching =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n";

    // Edits of ours can make a head too long that the upstream was free to send.
    [Fact]
    public void A_101_whose_head_cannot_be_written_is_a_failed_exchange_like_any_other()
    {
        HttpRule rule = new() { Filters = SceneSnapshot.ResponseHeader("X-Long", new string('x', 4_000)) };
        using Scene scene = new(SceneSnapshot.Of(LongEdits(rule), "10.1.0.1"));
        SceneUpstream upstream = scene.Upstream("10.1.0.1").Saying(
            $"{Switching}X-Padding: {new string('p', 20_000)}\r\n\r\n");
        SceneClient client = scene.Connect();

        Assert.StartsWith("HTTP/1.1 502 ", client.Get("/", Upgrade), StringComparison.Ordinal);
        Assert.Equal("upstream-invalid", scene.Record().GetProperty("outcome").GetString());
        Assert.True(upstream.Connections[0].IsEnded);
        // Deadlines of both sides pass, and the next client is served.
        scene.Run(200_000);
        upstream.Saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_upstream_that_ends_right_behind_its_101_ends_the_tunnel()
    {
        using Scene scene = new(SceneSnapshot.Of("10.1.0.1"));
        scene.Upstream("10.1.0.1").Answer = (peer, _) =>
        {
            peer.Reply(Switching + "\r\nbye");
            peer.Close();
        };
        SceneClient client = scene.Connect();
        string answer = client.Get("/", Upgrade);
        Assert.StartsWith("HTTP/1.1 101 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("bye", answer, StringComparison.Ordinal);
        client.End();
        scene.RunUntil(() => client.IsEnded);
        scene.Run(20);
        Assert.Equal("tunnel-ended", scene.Record().GetProperty("outcome").GetString());
    }

    // As container runtimes send exec and attach: the body first, then the tunnel.
    [Fact]
    public void An_upgrade_with_a_body_becomes_a_tunnel_once_the_body_was_sent()
    {
        using Scene scene = new(SceneSnapshot.Of("10.1.0.1"));
        SceneUpstream upstream = scene.Upstream("10.1.0.1").Saying(Switching + "\r\nhi");
        SceneClient client = scene.Connect();
        client.Send($"POST / HTTP/1.1\r\nHost: a.example\r\n{Upgrade}Content-Length: 4\r\n\r\n{{\"a");
        scene.Run(100);
        // Answered early: what the client sends still belongs to the body.
        Assert.Equal("", client.Received);
        client.Send("\"}tunnel");
        scene.RunUntil(() => client.Received.EndsWith("hi", StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 101 ", client.Received, StringComparison.Ordinal);
        ScenePeer peer = upstream.Connections[0];
        scene.RunUntil(() => peer.Received.EndsWith("tunnel", StringComparison.Ordinal));
        Assert.Contains("Upgrade: echo\r\n", peer.Received, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n{\"a\"}tunnel", peer.Received, StringComparison.Ordinal);
        peer.Send("more");
        scene.RunUntil(() => client.Received.EndsWith("himore", StringComparison.Ordinal));
        client.Close();
        scene.RunUntil(() => peer.IsEnded);
        peer.Close();
        scene.Run(100);
        Assert.Equal("tunnel-ended", scene.Record().GetProperty("outcome").GetString());
    }

    [Fact]
    public void An_upgrade_whose_upstream_ends_behind_an_early_101_ends_too()
    {
        using Scene scene = new(SceneSnapshot.Of("10.1.0.1"));
        scene.Upstream("10.1.0.1").Answer = (peer, _) =>
        {
            peer.Reply(Switching + "\r\nbye");
            peer.Close();
        };
        SceneClient client = scene.Connect();
        client.Send($"POST / HTTP/1.1\r\nHost: a.example\r\n{Upgrade}Content-Length: 4\r\n\r\nab");
        scene.Run(100);
        client.Send("cd");
        scene.RunUntil(() => client.IsEnded);
        client.Close();
        scene.Run(100);
        Assert.Equal("tunnel-ended", scene.Record().GetProperty("outcome").GetString());
    }

    // The rule's time bounds the wait for an answer; what flows behind a 101 may flow for days.
    [Fact]
    public void A_tunnel_outlives_the_timeouts_of_its_rule()
    {
        HttpRule rule = new() { RequestTimeoutMs = 1_000, BackendRequestTimeoutMs = 500 };
        using Scene scene = new(SceneSnapshot.Of(rule, "10.1.0.1"));
        SceneUpstream upstream = scene.Upstream("10.1.0.1").Saying(Switching + "\r\n");
        SceneClient client = scene.Connect();
        client.Get("/", Upgrade);
        for (int i = 0; i < 5; i++)
        {
            scene.Run(300_000);
            client.Take();
            upstream.Connections[0].Send("late");
            scene.Run(20);
            Assert.Equal("late", client.Received);
        }
    }

    // There may be tens of thousands of them, and every question to the kernel costs.
    [Fact]
    public void A_tunnel_on_which_nothing_happens_asks_the_kernel_nothing_but_whether_its_peers_move()
    {
        const int idleMs = 3_600_000;
        using Scene scene = new(SceneSnapshot.Of("10.1.0.1"), new Timeouts { TunnelIdleMs = idleMs });
        scene.Upstream("10.1.0.1").Saying(Switching + "\r\n");
        SceneClient client = scene.Connect();
        client.Get("/", Upgrade);
        long before = scene.Counters.Read(Counter.Completions);
        scene.Run(idleMs - 10_000);
        Assert.False(client.IsEnded);
        Assert.InRange(
            scene.Counters.Read(Counter.Completions) - before, 1, 4 * Limits.LooksPerIdleTime);
    }

    [Fact]
    public void A_tunnel_without_a_byte_either_way_is_ended_after_its_idle_time()
    {
        using Scene scene = new(SceneSnapshot.Of("10.1.0.1"), new Timeouts { TunnelIdleMs = 100_000 });
        SceneUpstream upstream = scene.Upstream("10.1.0.1").Saying(Switching + "\r\n");
        SceneClient client = scene.Connect();
        client.Get("/", Upgrade);
        scene.Run(90_000);
        upstream.Connections[0].Send("x");
        scene.Run(90_000);
        Assert.False(client.IsEnded);
        scene.Run(12_000);
        Assert.True(client.IsEnded);
        Assert.True(upstream.Connections[0].IsEnded);
        Assert.Equal("tunnel-ended", scene.Record().GetProperty("outcome").GetString());
    }

    // Five headers of the longest value that a filter may set: more than a buffer holds behind such a head.
    private static HttpRule LongEdits(HttpRule rule) => rule with
    {
        Filters =
        [
            new ResponseHeaderFilter(new HeaderEdits
            {
                Set = [.. Enumerable.Range(0, 5).Select(i =>
                    new HeaderValue($"X-Long-{i}", new string('x', 4_000)))],
            }),
        ],
    };
}
