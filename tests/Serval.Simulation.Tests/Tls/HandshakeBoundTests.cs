using System.Text;
using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Tests.Tls;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Transports;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Tls;

/// <summary>Handshakes that take too much of a turn, or too long, beside a client that behaves.</summary>
public sealed class HandshakeBoundTests
{
    private const int HeadMs = 10_000;
    private const int ConnectMs = 700;
    private const string Silent = "10.1.0.1";
    private const string Good = "10.1.0.2";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_many_handshakes_a_few_go_on_in_a_turn_and_a_request_is_answered_between_them(bool isTls12)
    {
        const int crowd = 200;
        // So near that all hellos come within a few turns. Completions take their time: where all are due at
        // once, no time passes from turn to turn.
        FaultProfile faults = FaultProfile.None() with
        {
            LatencyMaxUs = 1,
            ConnectionSlots = 1_024,
        };
        using TlsStage stage = new(isTls12, clients: true, endpoints: false, faults);
        TlsScenePeer good = stage.Connect();
        stage.MustAnswer(good, "/before");
        TlsScenePeer[] others = [.. Enumerable.Range(0, crowd).Select(_ => stage.Connect())];
        stage.Scene.Run(10);
        foreach (TlsScenePeer other in others) other.Ask("/crowd");
        good.Ask("/between");
        HashSet<int> begun = [];
        int most = 0;
        int begunWhenAnswered = -1;
        stage.Scene.RunUntil(() =>
        {
            int before = begun.Count;
            NoteBegun(stage, begun);
            most = Math.Max(most, begun.Count - before);
            if (begunWhenAnswered < 0 && good.IsAnswered(TlsStage.Body)) begunWhenAnswered = begun.Count;
            return Array.TrueForAll(others, static other => other.IsAnswered(TlsStage.Body));
        });
        Assert.Equal(crowd, begun.Count);
        Assert.Equal(Limits.HandshakesPerTurn, most);
        Assert.InRange(begunWhenAnswered, 0, crowd - 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_that_stops_behind_its_hello_is_closed_when_its_time_is_over(bool isTls12)
    {
        using TlsStage stage = new(isTls12, clients: true, endpoints: false);
        TlsScenePeer good = stage.Connect();
        stage.MustAnswer(good, "/before");
        TlsScenePeer half = stage.Connect(WireFault.Stops, stage.Actors.Client(isTls12).TakeHello().Length);
        half.Ask("/never");
        stage.Scene.Run(HeadMs - 100);
        // The router's part of the handshake has come, and nothing of it is answered.
        Assert.True(half.HasStruck);
        Assert.False(half.IsEnded);
        Assert.Equal(1, stage.Scene.Peek.Transports.Sessions.InProgress);
        stage.MustAnswer(good, "/between");
        stage.Scene.Run(200);
        AssertTimedOut(stage, half.IsEnded);
        stage.MustAnswer(good, "/after");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_that_stops_behind_its_hello_does_not_hold_up_a_drain(bool isTls12)
    {
        using TlsStage stage = new(isTls12, clients: true, endpoints: false);
        TlsScenePeer half = stage.Connect(WireFault.Stops, stage.Actors.Client(isTls12).TakeHello().Length);
        half.Ask("/never");
        stage.Scene.Run(100);
        Assert.True(half.HasStruck);
        stage.Scene.Drain();
        stage.Scene.Run(100);
        Assert.True(half.IsEnded);
        Assert.Equal(0, stage.Scene.Peek.Transports.Sessions.InProgress);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_handshake_that_drips_is_cut_off_when_its_time_is_over_however_steady_it_is(bool isTls12)
    {
        using TlsStage stage = new(isTls12, clients: true, endpoints: false);
        TlsScenePeer good = stage.Connect();
        stage.MustAnswer(good, "/before");
        TlsEnd end = stage.Actors.Client(isTls12);
        SceneClient slow = stage.Scene.Connect();
        long beganMs = stage.Scene.NowMs;
        slow.Send(end.TakeHello());
        stage.Scene.Run(50);
        end.Feed(Encoding.Latin1.GetBytes(slow.Received));
        byte[] answer = end.TakeWire();
        for (int i = 0; i < answer.Length - 1 && !slow.IsEnded; i++)
        {
            slow.Send(answer.AsSpan(i, 1));
            stage.Scene.Run(500);
        }

        AssertTimedOut(stage, slow.IsEnded);
        Assert.InRange(stage.Scene.NowMs - beganMs, HeadMs - 100, HeadMs + 600);
        stage.MustAnswer(good, "/after");
    }

    [Fact]
    public void A_head_behind_a_late_handshake_has_its_whole_time()
    {
        using TlsStage stage = new(isTls12: false, clients: true, endpoints: false);
        TlsEnd end = stage.Actors.Client(isTls12: false);
        SceneClient late = stage.Scene.Connect();
        stage.Scene.Run(HeadMs * 9 / 10);
        late.Send(end.TakeHello());
        stage.Scene.Run(50);
        end.Feed(Encoding.Latin1.GetBytes(late.Take()));
        late.Send(end.TakeWire());
        stage.Scene.Run(HeadMs * 9 / 10);
        Assert.False(late.IsEnded);
        end.Write("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"u8);
        late.Send(end.TakeWire());
        stage.Scene.Run(50);
        end.Feed(Encoding.Latin1.GetBytes(late.Take()));
        Assert.EndsWith(TlsStage.Body, Encoding.Latin1.GetString(end.TakePlain()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_endpoint_that_does_not_answer_the_hello_is_counted_when_its_time_is_over(bool isTls12)
    {
        using TlsStage stage = new(isTls12, clients: false, endpoints: true);
        SceneClient client = stage.Scene.Connect();
        Assert.EndsWith(TlsStage.Body, client.Get("/before"), StringComparison.Ordinal);
        stage.Endpoint!.FailNext(WireFault.Stops, 0);
        string answer = client.Get("/never");
        Assert.True(stage.Endpoint.Faulty!.HasStruck);
        Assert.StartsWith("HTTP/1.1 504 ", answer, StringComparison.Ordinal);
        HandshakeCounters counters = stage.Scene.Counters.Handshakes;
        Assert.Equal(1, counters.ReadFailed(isUpstream: true, HandshakeFailure.TimedOut));
        Assert.Equal(0, counters.ReadFailed(isUpstream: false, HandshakeFailure.TimedOut));
        Assert.EndsWith(TlsStage.Body, client.Get("/after"), StringComparison.Ordinal);
    }

    // Nobody waits for the connection of a trial.
    [Fact]
    public void An_endpoint_that_does_not_answer_the_hello_of_a_trial_is_counted_too()
    {
        using TlsActors actors = new();
        using Scene scene = new(
            actors.Secure(SceneSnapshot.Of(Silent, Good), shown: 0, clients: false),
            new Timeouts { ConnectMs = ConnectMs }, tls: actors);
        scene.Upstream(Silent);
        scene.TlsUpstream(Good, actors, isTls12: false, Ok);
        SceneClient client = scene.Connect();
        for (int i = 0; i < 40; i++)
        {
            Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
            scene.Run(2 * ConnectMs);
        }

        long failures = scene.Counters.Read(Counter.UpstreamConnectFailures);
        Assert.True(failures > Limits.EjectionFailures);
        Assert.Equal(failures, TimedOut(scene));
    }

    [Fact]
    public void An_endpoint_that_does_not_answer_the_hello_of_a_copy_is_counted_too()
    {
        using TlsActors actors = new();
        HttpRule rule = new() { Filters = [new MirrorFilter { Cluster = "copy" }] };
        Snapshot snapshot = SceneSnapshot.Of(rule, Good) with
        {
            Clusters = [new Cluster { Name = "c" }, new Cluster { Name = "copy" }],
            EndpointSets = [SceneSnapshot.SetOf("c", Good), SceneSnapshot.SetOf("copy", Silent)],
        };
        using Scene scene = new(
            actors.Secure(snapshot, shown: 0, clients: false), new Timeouts { ConnectMs = ConnectMs },
            tls: actors);
        scene.Upstream(Silent);
        scene.TlsUpstream(Good, actors, isTls12: false, Ok);
        Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
        scene.Run(2 * ConnectMs);
        Assert.Equal(1, scene.Counters.Read(Counter.MirrorsFailed));
        Assert.Equal(1, TimedOut(scene));
    }

    private static long TimedOut(Scene scene) =>
        scene.Counters.Handshakes.ReadFailed(isUpstream: true, HandshakeFailure.TimedOut);

    private static void AssertTimedOut(TlsStage stage, bool isEnded)
    {
        Assert.True(isEnded);
        Assert.Equal(
            1, stage.Scene.Counters.Handshakes.ReadFailed(isUpstream: false, HandshakeFailure.TimedOut));
        Assert.Equal(0, stage.Scene.Peek.Transports.Sessions.InProgress);
    }

    // Handshakes whose first answer was made since the last turn: it waits to be sent.
    private static void NoteBegun(TlsStage stage, HashSet<int> begun)
    {
        TransportTable<SimulatedRing> transports = stage.Scene.Peek.Transports;
        for (int slot = 0; slot < transports.Capacity; slot++)
        {
            if (!transports[slot].Has(TransportFlags.IsTls)) continue;
            ref TlsSession session = ref transports.Sessions[slot];
            if (!session.Has(TlsFlags.IsEstablished) && !session.Output.IsEmpty) begun.Add(slot);
        }
    }
}
