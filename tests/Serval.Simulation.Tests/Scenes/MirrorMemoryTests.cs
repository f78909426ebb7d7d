using Serval.Config.Model;
using Serval.DataPlane.Accounting;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>Copies of requests when memory is short.</summary>
public sealed class MirrorMemoryTests
{
    private const int Buffers = 32;
    private const string Main = "10.1.0.1";
    private const string One = "10.1.0.2";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static readonly string Long = new('x', 6_000);

    [Fact]
    public void A_copy_whose_response_stops_midway_is_given_up_whole()
    {
        using Scene scene = new(
            WithMirror(), faults: FaultProfile.None() with { Buffers = Buffers, FragmentMax = 40_000 });
        scene.Upstream(Main).Saying(Ok);
        SceneUpstream one = scene.Upstream(One).Saying($"HTTP/1.1 200 OK\r\nX-Long: {Long}");
        SceneClient client = scene.Connect();
        for (int i = 0; i < Buffers; i++) Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.NotEmpty(one.Requests);
        // Copies leave the last buffers to requests.
        Assert.InRange(scene.Counters.Read(Counter.LimitMirrorsInFlight), 1, Buffers - 1);
        scene.Run(200);

        // Heads that are not whole take what copies leave.
        for (int i = 0; i < Buffers / 4; i++)
            scene.Connect().Send($"GET / HTTP/1.1\r\nX-Long: {Long}");
        scene.RunUntil(() => scene.Counters.Read(Counter.MirrorsDropped) > 0, limitMs: 1_000);
        Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        scene.DrainToEnd();
        Assert.Equal(
            one.Requests.Count,
            scene.Counters.Read(Counter.MirrorsDropped) + scene.Counters.Read(Counter.MirrorsFailed));
    }

    private static Snapshot WithMirror()
    {
        MirrorFilter mirror = new() { Cluster = "one" };
        return SceneSnapshot.Of(new HttpRule { Filters = [mirror] }, Main) with
        {
            Clusters = [new Cluster { Name = "c" }, new Cluster { Name = "one" }],
            EndpointSets = [SceneSnapshot.SetOf("c", Main), SceneSnapshot.SetOf("one", One)],
        };
    }
}
