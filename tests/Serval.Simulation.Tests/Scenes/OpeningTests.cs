using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Tests.Tls;
using Serval.Simulation.Tests.Tls;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>
/// How long a client may take for its ClientHello. The listener passes TLS through, so no keys are needed.
/// </summary>
public sealed class OpeningTests
{
    private const string One = "10.1.0.1";
    private const int HeadMs = 10_000;

    // A ClientHello without extensions: record, message, version and random, no session, one cipher suite,
    // no compression (RFC 8446 §4.1.2).
    private static readonly byte[] Hello =
    [
        22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3, .. new byte[32], 0, 0, 2, 0x13, 0x01, 1, 0,
    ];

    [Theory]
    [InlineData(true, HeadMs, Limits.DetectionMs)]
    [InlineData(true, 1_000, 1_000)]
    [InlineData(false, HeadMs, HeadMs)]
    public void A_silent_client_is_closed_earlier_where_the_first_bytes_decide(
        bool detects, int headMs, int boundMs)
    {
        using Scene scene = new(Passthrough(detects), new Timeouts { RequestHeadMs = headMs });
        SceneUpstream upstream = scene.Upstream(One);
        SceneClient silent = scene.Connect();
        SceneClient good = scene.Connect();
        good.Send(Hello);
        scene.RunUntil(() => upstream.Connections.Count == 1);
        scene.Run(boundMs - 100);
        Assert.False(silent.IsEnded);
        scene.Run(200);
        Assert.True(silent.IsEnded);
        Assert.Equal(1, TimedOut(scene));
        Assert.False(good.IsEnded);
        upstream.Connections[0].Send("welcome");
        scene.RunUntil(() => good.Received == "welcome");
    }

    [Fact]
    public void A_hello_that_drips_is_cut_off_when_its_time_is_over_however_steadily_it_drips()
    {
        using Scene scene = new(Passthrough(detects: false), new Timeouts { RequestHeadMs = HeadMs });
        SceneUpstream upstream = scene.Upstream(One);
        SceneClient slow = scene.Connect();
        SceneClient good = scene.Connect();
        good.Send(Hello);
        long beganMs = scene.NowMs;
        for (int i = 0; i < Hello.Length - 1 && !slow.IsEnded; i++)
        {
            slow.Send(Hello.AsSpan(i, 1));
            scene.Run(500);
        }

        Assert.True(slow.IsEnded);
        Assert.InRange(scene.NowMs - beganMs, HeadMs - 100, HeadMs + 600);
        Assert.Equal(1, TimedOut(scene));
        Assert.Single(upstream.Connections);
        Assert.False(good.IsEnded);
    }

    // The bound is that of telling what is spoken; the first byte has told.
    [Fact]
    public void A_plain_head_has_its_whole_time_where_the_first_bytes_decide()
    {
        using TlsActors actors = new();
        Snapshot snapshot = actors.Secure(SceneSnapshot.Of(One), shown: 0, endpoints: false);
        Listener detecting = snapshot.Listeners[0] with { Detection = true };
        using Scene scene = new(
            snapshot with { Listeners = [detecting] }, new Timeouts { RequestHeadMs = HeadMs }, tls: actors);
        SceneClient client = scene.Connect();
        client.Send("G");
        scene.Run(Limits.DetectionMs + 1_000);
        Assert.Equal("", client.Received);
        client.Send("ET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 421 ", client.Answer(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_whose_end_comes_together_with_its_hello_is_closed_at_once()
    {
        using TlsActors actors = new();
        using Scene scene = new(
            actors.Secure(SceneSnapshot.Of(One), shown: 0, endpoints: false), tls: actors);
        TlsEnd end = actors.Client(isTls12: false);
        SceneClient client = scene.Connect();
        client.Send(end.TakeHello());
        client.End();
        scene.Stall(10);
        scene.Run(100);
        Assert.True(client.IsEnded);
        Assert.Equal(
            1, scene.Counters.Handshakes.ReadFailed(isUpstream: false, HandshakeFailure.Closed));
    }

    private static long TimedOut(Scene scene) =>
        scene.Counters.Handshakes.ReadFailed(isUpstream: false, HandshakeFailure.TimedOut);

    private static Snapshot Passthrough(bool detects) => SceneSnapshot.Of(One) with
    {
        Listeners =
        [
            SceneSnapshot.ListenerOn(80) with
            {
                Protocol = ListenerProtocol.Tls,
                Detection = detects,
                Tls = new ListenerTls { Mode = TlsMode.Passthrough },
            },
        ],
        Routes = [],
        TlsRoutes =
        [
            new TlsRoute
            {
                Name = "t",
                Attachments = [new Attachment { Listener = "l80" }],
                Backends = [new WeightedCluster { Cluster = "c" }],
            },
        ],
    };
}
