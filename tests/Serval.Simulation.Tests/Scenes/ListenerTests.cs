using System.Collections.Immutable;
using System.Globalization;
using Serval.Config.Model;
using Serval.DataPlane;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>Listeners that come and go while clients stay connected.</summary>
public sealed class ListenerTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";

    [Fact]
    public void Idle_connections_to_endpoints_end_as_soon_as_the_router_drains()
    {
        using Scene scene = new(SceneSnapshot.Of("10.1.0.1"));
        SceneUpstream upstream = scene.Upstream("10.1.0.1");
        // A worker that still has something to do.
        scene.Connect().Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.RunUntil(() => upstream.Requests.Count == 1);
        upstream.Saying(Ok + "ok");
        Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
        scene.Drain();
        scene.Run(100);
        Assert.Equal([false, true], upstream.Connections.Select(connection => connection.IsEnded));
    }

    [Fact]
    public void A_kept_connection_of_a_removed_listener_never_reaches_the_routes_of_another()
    {
        using Scene scene = NewScene(80);
        SceneClient idle = scene.Connect(80);
        SceneClient slow = scene.Connect(80);
        Assert.EndsWith("80", idle.Get("/"), StringComparison.Ordinal);
        slow.Send("GET / HTTP/1.1\r\nHost: a.exa");
        scene.Run(10);

        scene.Publish(SnapshotOf(81));
        Assert.True(idle.IsEnded);

        // The half head is whole only now: nobody's request, whoever has the socket's id since.
        slow.Send("mple\r\n\r\n");
        string answer = slow.Answer();
        Assert.StartsWith("HTTP/1.1 404 ", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.True(slow.IsEnded);
        Assert.EndsWith("81", scene.Connect(81).Get("/"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_removed_listeners_client_gets_the_answer_that_is_due_and_is_told_that_it_is_the_last()
    {
        using Scene scene = NewScene(80);
        SceneUpstream upstream = scene.Upstream("10.1.0.80");
        SceneClient client = scene.Connect(80);
        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.RunUntil(() => upstream.Requests.Count == 1);

        scene.Publish(SnapshotOf(81));
        upstream.Connections[0].Reply(Ok + "80");
        string answer = client.Answer();
        Assert.EndsWith("80", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.True(client.IsEnded);
    }

    [Fact]
    public void A_removed_listeners_client_whose_endpoint_is_late_is_told_that_our_answer_is_the_last()
    {
        using Scene scene = new(SnapshotOf(80), new Timeouts { StreamIdleMs = 1_000 });
        SceneUpstream upstream = scene.Upstream("10.1.0.80");
        SceneClient client = scene.Connect(80);
        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.RunUntil(() => upstream.Requests.Count == 1);

        scene.Publish(SnapshotOf(81));
        string answer = client.Answer();
        Assert.StartsWith("HTTP/1.1 504 ", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.True(client.IsEnded);
    }

    // Sockets and endpoints are numbered from 0 both: the numbers must not be mistaken for each other.
    [Fact]
    public void Clients_of_other_listeners_and_connections_to_endpoints_stay()
    {
        Snapshot both = SnapshotOf(80, 81);
        using Scene scene = new(both);
        SceneUpstream upstream = scene.Upstream("10.1.0.80").Saying(Ok + "80");
        SceneClient[] clients = [scene.Connect(80), scene.Connect(81)];
        Assert.All(clients, client => Assert.EndsWith("80", client.Get("/"), StringComparison.Ordinal));
        scene.Publish(SnapshotOf(81) with { EndpointSets = both.EndpointSets });
        scene.Run(20);
        Assert.Equal([true, false], clients.Select(client => client.IsEnded));
        Assert.False(Assert.Single(upstream.Connections).IsEnded);
        string answer = clients[1].Get("/");
        Assert.EndsWith("80", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Connection: close", answer, StringComparison.Ordinal);
        Assert.Single(upstream.Connections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_whose_first_bytes_are_awaited_is_closed(bool detects)
    {
        Snapshot snapshot = SnapshotOf(80) with { Routes = [] };
        Listener secured = snapshot.Listeners[0] with
        {
            Protocol = ListenerProtocol.Tls,
            Detection = detects,
            Tls = new ListenerTls { Mode = TlsMode.Passthrough },
        };
        using Scene scene = new(snapshot with { Listeners = [secured] });
        SceneClient client = scene.Connect(80);
        Assert.False(client.IsEnded);
        scene.Publish(SnapshotOf(81));
        scene.Run(20);
        Assert.True(client.IsEnded);
    }

    // Its answer is on its way; the rest of its upload is still dropped.
    [Fact]
    public void A_client_that_lingers_is_left_to_read_its_answer()
    {
        using Scene scene = NewScene(80);
        SceneClient client = scene.Connect(80);
        client.StopsReading = true;
        client.Send("PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 900000\r\n\r\n");
        scene.Run(50);
        scene.Publish(SnapshotOf(81));
        client.Send(new string('x', 100_000));
        scene.Run(50);
        client.StopsReading = false;
        client.Read();
        Assert.EndsWith("80", client.Received, StringComparison.Ordinal);
        Assert.False(client.IsReset);
    }

    [Fact]
    public void A_socket_is_free_at_once_although_a_tunnel_of_its_listener_goes_on()
    {
        using Scene scene = NewScene(80);
        SceneUpstream upstream = scene.Upstream("10.1.0.80").Saying(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
        SceneClient tunnel = scene.Connect(80);
        tunnel.Get("/", "Connection: upgrade\r\nUpgrade: echo\r\n");
        // More listeners come and go than there are ids.
        for (int i = 0; i < 300; i++) scene.Publish(SnapshotOf(i % 2 == 0 ? 81 : 82));
        upstream.Connections[0].Send("still here");
        scene.Run(20);
        Assert.EndsWith("still here", tunnel.Received, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_that_is_whole_only_after_a_drain_has_its_listeners_port()
    {
        using Scene scene = NewScene(80);
        SceneUpstream upstream = scene.Upstream("10.1.0.80").Saying(Ok + "80");
        SceneClient client = scene.Connect(80);
        client.Send("GET / HTTP/1.1\r\nHost: a.exa");
        scene.Run(10);
        scene.Drain();
        scene.Run(50);
        client.Send("mple\r\n\r\n");
        Assert.EndsWith("80", client.Answer(), StringComparison.Ordinal);
        Assert.Contains(
            "X-Forwarded-Port: 80", upstream.Requests[0].Head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_response_that_comes_once_the_worker_drains_is_the_last_on_both_of_its_connections()
    {
        using Scene scene = NewScene(80);
        SceneUpstream upstream = scene.Upstream("10.1.0.80");
        SceneClient client = scene.Connect(80);
        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.RunUntil(() => upstream.Requests.Count == 1);
        scene.Drain();
        scene.Run(50);
        Assert.False(upstream.Connections[0].IsEnded);
        upstream.Connections[0].Reply(Ok + "80");
        string answer = client.Answer();
        Assert.EndsWith("80", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.True(client.IsEnded);
        scene.Run(100);
        Assert.True(upstream.Connections[0].IsEnded);
    }

    [Fact]
    public void Paths_are_read_as_their_listener_says_and_otherwise_as_the_router_does()
    {
        Snapshot snapshot = SnapshotOf(80, 81);
        Listener own = snapshot.Listeners[1] with { PathPolicy = PathPolicy.Default };
        using Scene scene = new(
            snapshot with { Listeners = [snapshot.Listeners[0], own] },
            configure: options => options with { PathPolicy = PathPolicy.Raw });
        SceneUpstream upstream = scene.Upstream("10.1.0.80").Saying(Ok + "80");
        scene.Connect(80).Get("/a/../b");
        scene.Connect(81).Get("/a/../b");
        Assert.Equal(
            ["GET /a/../b HTTP/1.1", "GET /b HTTP/1.1"],
            upstream.Requests.Select(request => request.Head.Split("\r\n")[0]));
    }

    // So many old snapshots are pinned that there is no place for another one.
    [Fact]
    public void A_worker_that_cannot_adopt_a_snapshot_serves_the_listeners_that_it_knows_with_their_routes()
    {
        using Scene scene = new(Pinning(0, 80, 82));
        scene.Upstream("10.1.0.81").Saying(Ok + "81");
        SceneClient kept = scene.Connect(80);
        SceneUpstream slow = Fill(scene);
        // The id that the socket of 80 has would be free for that of 81.
        scene.Publish(Pinning(100, 82));
        scene.Publish(Pinning(101, 82, 81));
        SceneClient early = scene.Connect(81);
        early.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.Run(100);
        Assert.Equal("", early.Received);
        Assert.EndsWith("80", kept.Get("/"), StringComparison.Ordinal);
        Assert.EndsWith("80", scene.Connect(80).Get("/"), StringComparison.Ordinal);

        slow.Connections[0].Reply(Ok + "80");
        Assert.EndsWith("81", early.Answer(), StringComparison.Ordinal);
        scene.Run(20);
        Assert.True(kept.IsEnded);
    }

    // Told to drain, or to stop, a worker needs no routes to close sockets.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sockets_whose_snapshot_is_never_adopted_are_closed_all_the_same(bool drains)
    {
        using Scene scene = new(Pinning(0, 80, 82));
        SceneUpstream slow = Fill(scene);
        scene.Publish(Pinning(100, 82, 81));
        Assert.True(scene.IsListening(80));
        Assert.True(scene.IsListening(81));
        if (drains) scene.Drain();
        else scene.Stop();
        scene.Run(50);
        Assert.All([80, 81, 82], port => Assert.False(scene.IsListening(port)));
        if (!drains) return;
        foreach (ScenePeer connection in slow.Connections) connection.Reply(Ok + "80");
        scene.DrainToEnd();
    }

    [Fact]
    public void Sockets_that_a_worker_has_not_looked_at_when_it_stops_are_closed()
    {
        using Scene scene = NewScene(80);
        scene.StopBefore(SnapshotOf(81));
        Assert.False(scene.IsListening(80));
        Assert.False(scene.IsListening(81));
    }

    [Fact]
    public void Stopping_leaves_one_record_for_every_exchange_in_progress()
    {
        using Scene scene = NewScene(80);
        scene.Upstream("10.1.0.80").Answer = (peer, head) =>
        {
            if (head.Contains("/begun", StringComparison.Ordinal))
                peer.Reply("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart");
        };
        scene.Connect().Send("GET /begun HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.Connect().Send("GET /waits HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.Connect().Send("GET /half HTTP/1.1\r\nHo");
        scene.Connect();
        scene.Run(50);
        scene.Stop();
        var records = scene.Records().Select(record => (
            Path: record.GetProperty("path").GetString(), Status: record.GetProperty("status").GetInt32(),
            Outcome: record.GetProperty("outcome").GetString()));
        Assert.Equal(
            [("/begun", 200, "drained"), ("/waits", 0, "drained")], records.OrderBy(record => record.Path));
    }

    private static Scene NewScene(int port)
    {
        Scene scene = new(SnapshotOf(port));
        scene.Upstream("10.1.0.80").Saying(Ok + "80");
        scene.Upstream("10.1.0.81").Saying(Ok + "81");
        scene.Upstream("10.1.0.82").Saying(Ok + "82");
        return scene;
    }

    // An exchange of each of so many snapshots waits for its response.
    private static SceneUpstream Fill(Scene scene)
    {
        SceneUpstream slow = scene.Upstream("10.1.0.80");
        slow.Answer = (peer, head) =>
        {
            if (!head.Contains("/slow", StringComparison.Ordinal)) peer.Reply(Ok + "80");
        };
        for (int i = 1; i <= Limits.SnapshotsPinned; i++)
        {
            scene.Connect(80).Send("GET /slow HTTP/1.1\r\nHost: a.example\r\n\r\n");
            scene.Run(10);
            if (i < Limits.SnapshotsPinned) scene.Publish(Pinning(i, 80, 82));
        }

        return slow;
    }

    // The filter pins it while an exchange waits for its response.
    private static Snapshot Pinning(int number, params int[] ports) => new()
    {
        Version = SceneSnapshot.NextVersion(),
        Listeners = [.. Array.ConvertAll(ports, SceneSnapshot.ListenerOn)],
        Clusters = [new Cluster { Name = "80" }, new Cluster { Name = "81" }],
        EndpointSets = [SceneSnapshot.SetOf("80", "10.1.0.80"), SceneSnapshot.SetOf("81", "10.1.0.81")],
        Routes =
        [
            .. ports.Where(port => port != 82).Select(port => SceneSnapshot.RouteOf(
                string.Create(CultureInfo.InvariantCulture, $"r{number}-{port}"),
                SceneSnapshot.ListenerOn(port).Name,
                SceneSnapshot.RuleOf("/", port.ToString(CultureInfo.InvariantCulture)) with
                {
                    Filters = SceneSnapshot.ResponseHeader("X-A", "b"),
                })),
        ],
    };

    // Its endpoint is named for the first port.
    private static Snapshot SnapshotOf(params int[] ports)
    {
        ImmutableArray<Listener> listeners = [.. Array.ConvertAll(ports, SceneSnapshot.ListenerOn)];
        return SceneSnapshot.Of(string.Create(CultureInfo.InvariantCulture, $"10.1.0.{ports[0]}")) with
        {
            Listeners = listeners,
            Routes =
            [
                SceneSnapshot.RouteOf("r", listeners[0].Name, new HttpRule()) with
                {
                    Attachments = [.. listeners.Select(one => new Attachment { Listener = one.Name })],
                },
            ],
        };
    }
}
