using Serval.Config.Model;
using Serval.DataPlane.Accounting;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Tls;

/// <summary>Copies of requests for a cluster that speaks TLS.</summary>
public sealed class TlsMirrorTests
{
    private const string Main = "10.1.0.1";
    private const string Copy = "10.1.0.2";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_copy_goes_over_TLS_and_its_response_is_dropped(bool isTls12)
    {
        using TlsActors actors = new();
        using Scene scene = new(SnapshotOf(actors), tls: actors);
        scene.Upstream(Main).Saying(Ok);
        TlsSceneUpstream copy = scene.TlsUpstream(Copy, actors, isTls12, Ok);
        SceneClient client = scene.Connect();
        for (int i = 0; i < 5; i++)
            Assert.EndsWith("\r\n\r\nok", client.Get($"/{i}"), StringComparison.Ordinal);
        scene.RunUntil(() => scene.Counters.Read(Counter.MirrorsCompleted) == 5);
        Assert.Equal(["/0", "/1", "/2", "/3", "/4"], copy.Requests);
        client.Close();
        scene.DrainToEnd();
    }

    [Fact]
    public void A_body_is_copied_over_TLS_as_it_comes()
    {
        const int bytes = 60_000;
        using TlsActors actors = new();
        using Scene scene = new(SnapshotOf(actors), tls: actors);
        SceneUpstream main = scene.Upstream(Main);
        TlsSceneUpstream copy = scene.TlsUpstream(Copy, actors, isTls12: false, Ok);
        copy.BytesAwaited = bytes;
        SceneClient client = scene.Connect();
        client.Send($"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: {bytes}\r\n\r\n");
        for (int i = 0; i < bytes / 1_000; i++)
        {
            client.Send(new string((char)('a' + (i % 26)), i == (bytes / 1_000) - 1 ? 996 : 1_000));
            scene.Run(i % 7);
        }

        client.Send("\r\n\r\n");
        scene.RunUntil(() => scene.Counters.Read(Counter.MirrorsCompleted) == 1);
        Assert.Equal(main.Connections[0].Received, copy.Last!.Received);
    }

    [Theory]
    [InlineData(nameof(WireFault.Closes))]
    [InlineData(nameof(WireFault.Resets))]
    [InlineData(nameof(WireFault.Stops))]
    [InlineData(nameof(WireFault.Flips))]
    public void A_copy_whose_handshake_fails_is_counted_and_not_noticed(string name)
    {
        using TlsActors actors = new();
        using Scene scene = new(SnapshotOf(actors), tls: actors);
        scene.Upstream(Main).Saying(Ok);
        TlsSceneUpstream copy = scene.TlsUpstream(Copy, actors, isTls12: false, Ok);
        SceneClient client = scene.Connect();
        copy.FailNext(Enum.Parse<WireFault>(name), at: 200);
        Assert.EndsWith("\r\n\r\nok", client.Get("/"), StringComparison.Ordinal);
        scene.RunUntil(() => scene.Counters.Read(Counter.MirrorsFailed) == 1);
        Assert.EndsWith("\r\n\r\nok", client.Get("/"), StringComparison.Ordinal);
        scene.RunUntil(() => scene.Counters.Read(Counter.MirrorsCompleted) == 1);
        client.Close();
        scene.DrainToEnd();
    }

    private static Snapshot SnapshotOf(TlsActors actors)
    {
        MirrorFilter mirror = new() { Cluster = "copy", Numerator = 100, Denominator = 100 };
        Snapshot snapshot = SceneSnapshot.Of(new HttpRule { Filters = [mirror] }, Main);
        return snapshot with
        {
            Authorities = [actors.Authority],
            Clusters = [.. snapshot.Clusters, new Cluster { Name = "copy", Tls = TlsActors.Policy }],
            EndpointSets = [.. snapshot.EndpointSets, SceneSnapshot.SetOf("copy", Copy)],
        };
    }
}
