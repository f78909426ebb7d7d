using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Rings;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>Endpoints that count only while no preferred one can be used.</summary>
public sealed class FallbackTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Near = "10.1.0.1";
    private const string NearToo = "10.1.0.2";
    private const string Far = "10.2.0.1";

    [Fact]
    public void While_a_preferred_endpoint_is_well_no_other_is_used()
    {
        using Scene scene = new(SceneSnapshot.WithFallback([Near, NearToo], [Far]));
        SceneUpstream near = scene.Upstream(Near).Saying(Ok);
        scene.Upstream(NearToo).ConnectErrno = Errno.Connrefused;
        SceneUpstream far = scene.Upstream(Far).Saying(Ok);
        SceneClient client = scene.Connect();
        for (int i = 0; i < 200; i++) Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal(200, near.Requests.Count);
        Assert.Empty(far.Requests);
        Assert.Equal(0, scene.Counters.Read(Counter.FallbackAttempts));
    }

    [Fact]
    public void Without_a_ready_endpoint_the_others_are_used_at_once()
    {
        using Scene scene = new(SceneSnapshot.WithFallback([], [Far]));
        SceneUpstream far = scene.Upstream(Far).Saying(Ok);
        Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
        Assert.Single(far.Requests);
        Assert.Equal(1, scene.Counters.Read(Counter.FallbackAttempts));
    }

    [Fact]
    public void Once_every_preferred_endpoint_is_ejected_no_request_fails_and_the_traffic_comes_back_later()
    {
        using Scene scene = new(SceneSnapshot.WithFallback([Near], [Far]));
        SceneUpstream near = scene.Upstream(Near).Saying(Ok);
        SceneUpstream far = scene.Upstream(Far).Saying(Ok);
        SceneClient client = scene.Connect();
        Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        near.ConnectErrno = Errno.Connrefused;
        foreach (var connection in near.Connections) connection.Reset();
        scene.Run(100);
        for (int i = 0; i < 20; i++) Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal(20, far.Requests.Count);
        Assert.Single(near.Requests);

        // It is well again: a trial finds out, and after the hold everything is as it was.
        near.ConnectErrno = 0;
        int until = 0;
        while (far.Requests.Count - until > 0 || near.Requests.Count < 5)
        {
            until = far.Requests.Count;
            Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
            scene.Run(500);
            Assert.InRange(near.Requests.Count + far.Requests.Count, 0, 1_000);
        }

        Assert.True(scene.NowMs >= Limits.FallbackHoldMs);
    }

    // The sooner it is known the better.
    [Fact]
    public void One_request_on_trial_does_not_wait_for_the_hold()
    {
        using Scene scene = new(SceneSnapshot.WithFallback([Near], [Far]));
        SceneUpstream near = scene.Upstream(Near).Saying(Ok);
        near.ConnectErrno = Errno.Connrefused;
        scene.Upstream(Far).Saying(Ok);
        SceneClient client = scene.Connect();
        while (scene.Counters.EndpointsOut == 0)
            Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        near.ConnectErrno = 0;
        long sinceMs = scene.NowMs;
        while (near.Requests.Count == 0)
        {
            scene.Run(100);
            Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
            Assert.InRange(scene.NowMs - sinceMs, 0, Limits.FallbackHoldMs - 1);
        }
    }

    [Fact]
    public void A_preferred_endpoint_that_comes_back_waits_for_the_hold()
    {
        using Scene scene = new(SceneSnapshot.WithFallback([], [Far]));
        SceneUpstream near = scene.Upstream(Near).Saying(Ok);
        SceneUpstream far = scene.Upstream(Far).Saying(Ok);
        SceneClient client = scene.Connect();
        Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        scene.Publish(SceneSnapshot.WithFallback([Near], [Far]));
        Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Empty(near.Requests);
        scene.Run(Limits.FallbackHoldMs + 100);
        Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Single(near.Requests);
        Assert.Equal(2, far.Requests.Count);
    }

    // One request that failed says little of the endpoint.
    [Fact]
    public void A_second_attempt_elsewhere_does_not_turn_the_traffic_of_the_cluster()
    {
        using Scene scene = new(SceneSnapshot.WithFallback([Near], [Far]));
        SceneUpstream near = scene.Upstream(Near);
        near.Answer = (peer, _) => peer.Reset();
        SceneUpstream far = scene.Upstream(Far).Saying(Ok);
        SceneClient client = scene.Connect();
        Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal((1, 1), (near.Requests.Count, far.Requests.Count));
        near.Saying(Ok);
        Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal((2, 1), (near.Requests.Count, far.Requests.Count));
    }

    [Fact]
    public void A_preferred_endpoint_is_used_whichever_slot_it_has()
    {
        using Scene scene = new(SceneSnapshot.WithFallback([Near], []));
        SceneUpstream near = scene.Upstream(Near).Saying(Ok);
        SceneUpstream far = scene.Upstream(Far).Saying(Ok);
        scene.Publish(SceneSnapshot.WithFallback([Near], [Far]));
        SceneClient client = scene.Connect();
        for (int i = 0; i < 20; i++) Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal(20, near.Requests.Count);
        Assert.Empty(far.Requests);
    }

    [Fact]
    public void While_the_hold_lasts_a_fallback_that_is_ejected_gives_way_to_the_preferred()
    {
        using Scene scene = new(SceneSnapshot.WithFallback([], [Far]));
        SceneUpstream near = scene.Upstream(Near).Saying(Ok);
        SceneUpstream far = scene.Upstream(Far).Saying(Ok);
        SceneClient client = scene.Connect();
        Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        scene.Publish(SceneSnapshot.WithFallback([Near], [Far]));
        far.ConnectErrno = Errno.Connrefused;
        foreach (var connection in far.Connections) connection.Reset();
        scene.Run(100);
        for (int i = 0; i < 30; i++) Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal(30, near.Requests.Count);
        // Once it is ejected nobody asks it any more.
        Assert.InRange(scene.Counters.Read(Counter.FallbackAttempts), 1, Limits.EjectionFailures + 1);
    }

    [Fact]
    public void Where_all_there_is_is_a_fallback_that_refuses_requests_are_answered_all_the_same()
    {
        using Scene scene = new(SceneSnapshot.WithFallback([], [Far]));
        scene.Upstream(Far).ConnectErrno = Errno.Connrefused;
        SceneClient client = scene.Connect();
        for (int i = 0; i < 10; i++)
            Assert.Contains(" 503 ", client.Get("/"), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_well_the_preferred_are_tried()
    {
        using Scene scene = new(SceneSnapshot.WithFallback([Near], [Far]));
        scene.Upstream(Near).ConnectErrno = Errno.Connrefused;
        scene.Upstream(Far).ConnectErrno = Errno.Connrefused;
        SceneClient client = scene.Connect();
        for (int i = 0; i < 10; i++)
            Assert.Contains(" 503 ", client.Get("/"), StringComparison.Ordinal);
    }
}
