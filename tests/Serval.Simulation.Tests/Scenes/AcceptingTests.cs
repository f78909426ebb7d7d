using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Scenes;

public sealed class AcceptingTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    // A machine without descriptors has none a microsecond later either.
    [Fact]
    public void Accepts_that_fail_for_want_of_descriptors_are_tried_again_after_a_while()
    {
        FaultProfile faults = FaultProfile.None() with { AcceptErrorPermille = 1_000 };
        using Scene scene = new(SceneSnapshot.Of("10.1.0.1"), faults: faults);
        for (int i = 0; i < 40; i++) scene.Queue();
        long turns = scene.Counters.Read(Counter.Turns);
        scene.Run(10_000);
        long rounds = 10_000 / Limits.AcceptBackoffMs;
        Assert.InRange(
            scene.Counters.Read(Counter.AcceptErrors), rounds / 2, (rounds + 1) * Limits.AcceptsArmed);
        Assert.InRange(scene.Counters.Read(Counter.Turns) - turns, 1, rounds * 50);
    }

    [Fact]
    public void The_connection_that_is_idle_for_longest_makes_room_for_a_newcomer()
    {
        FaultProfile faults = FaultProfile.None() with { ConnectionSlots = 32 };
        using Scene scene = new(SceneSnapshot.Of("10.1.0.1"), faults: faults);
        scene.Upstream("10.1.0.1").Saying(Ok);
        // Three quarters of the slots are for clients and the upstream; one more accept is armed.
        List<SceneClient> clients = [];
        for (int i = 0; i < 22; i++)
        {
            clients.Add(scene.Connect());
            Assert.EndsWith("ok", clients[i].Get("/"), StringComparison.Ordinal);
        }

        // This one was the oldest; now it is the newest.
        Assert.EndsWith("ok", clients[0].Get("/"), StringComparison.Ordinal);
        Assert.Equal(0, scene.Counters.Read(Counter.IdleEvicted));
        for (int i = 0; i < 10; i++)
        {
            SceneClient newcomer = scene.Connect();
            Assert.EndsWith("ok", newcomer.Get("/"), StringComparison.Ordinal);
            clients.Add(newcomer);
        }

        bool[] ended = [.. clients.Select(client => client.IsEnded)];
        int evicted = ended.Count(isEnded => isEnded);
        Assert.InRange(evicted, 10, 13);
        Assert.False(ended[0]);
        Assert.All(ended[1..(evicted + 1)], Assert.True);
        Assert.All(ended[(evicted + 1)..], Assert.False);
    }

    [Fact]
    public void Idle_clients_make_room_for_connections_to_endpoints()
    {
        FaultProfile faults = FaultProfile.None() with { ConnectionSlots = 32 };
        using Scene scene = new(SceneSnapshot.Of("10.1.0.1", "10.1.0.2"), faults: faults);
        SceneUpstream[] upstreams = [scene.Upstream("10.1.0.1"), scene.Upstream("10.1.0.2")];
        SceneClient[] clients = [.. Enumerable.Range(0, 22).Select(_ => scene.Connect())];
        for (int i = 10; i < clients.Length; i++)
        {
            clients[i].Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
            scene.Run(20);
        }

        Assert.Equal(12, upstreams.Sum(upstream => upstream.Requests.Count));
        foreach ((ScenePeer on, _) in upstreams.SelectMany(upstream => upstream.Requests)) on.Reply(Ok);
        Assert.All(clients[10..], client => Assert.EndsWith("ok", client.Answer(), StringComparison.Ordinal));
        Assert.InRange(scene.Counters.Read(Counter.IdleEvicted), 1, 10);
    }

    [Fact]
    public void A_connection_with_a_request_is_never_closed_to_make_room()
    {
        FaultProfile faults = FaultProfile.None() with { ConnectionSlots = 32 };
        using Scene scene = new(SceneSnapshot.Of("10.1.0.1"), faults: faults);
        SceneUpstream upstream = scene.Upstream("10.1.0.1");
        List<SceneClient> busy = [];
        for (int i = 0; i < 8; i++)
        {
            busy.Add(scene.Connect());
            busy[i].Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
            scene.Run(10);
        }

        for (int i = 0; i < 40; i++) scene.Queue();
        scene.Run(1_000);
        Assert.All(busy, client => Assert.False(client.IsEnded));
        foreach ((ScenePeer on, _) in upstream.Requests) on.Reply(Ok);
        scene.Run(100);
        Assert.All(busy, client => Assert.EndsWith("ok", client.Received, StringComparison.Ordinal));
    }
}
