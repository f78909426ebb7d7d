using Serval.DataPlane.Accounting;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Tls;

/// <summary>Sessions with endpoints, which a new connection resumes.</summary>
public sealed class TlsResumptionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_next_connection_to_an_endpoint_resumes_the_session_of_the_last(bool isTls12)
    {
        using TlsStage stage = new(isTls12, clients: false, endpoints: true);
        SceneClient client = stage.Scene.Connect();
        for (int i = 0; i < 4; i++)
            Assert.EndsWith(TlsStage.Body, client.Get($"/{i}"), StringComparison.Ordinal);
        HandshakeCounters counters = stage.Scene.Counters.Handshakes;
        Assert.Equal(1, counters.ReadCompleted(isUpstream: true, !isTls12, isResumed: false));
        Assert.Equal(3, counters.ReadCompleted(isUpstream: true, !isTls12, isResumed: true));
    }

    // It is known as soon as a connection waits for its next request, not only when it ends.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_session_of_a_connection_that_is_kept_is_resumed_too(bool isTls12)
    {
        using TlsStage stage = new(isTls12, clients: false, endpoints: true);
        stage.Endpoint!.KeepsConnections = true;
        SceneClient[] clients = [stage.Scene.Connect(), stage.Scene.Connect()];
        Assert.EndsWith(TlsStage.Body, clients[0].Get("/0"), StringComparison.Ordinal);
        foreach (SceneClient client in clients)
        {
            client.Take();
            client.Send("GET /1 HTTP/1.1\r\nHost: a.example\r\n\r\n");
        }

        foreach (SceneClient client in clients)
            Assert.EndsWith(TlsStage.Body, client.Answer(), StringComparison.Ordinal);
        HandshakeCounters counters = stage.Scene.Counters.Handshakes;
        Assert.Equal(1, counters.ReadCompleted(isUpstream: true, !isTls12, isResumed: false));
        Assert.Equal(1, counters.ReadCompleted(isUpstream: true, !isTls12, isResumed: true));
    }

    // RFC 9112 §9.5 is about bytes of HTTP: what TLS itself has to say ends no idle connection.
    [Fact]
    public void A_kept_connection_whose_endpoint_changes_its_keys_takes_the_next_request()
    {
        using TlsStage stage = new(isTls12: false, clients: false, endpoints: true);
        stage.Endpoint!.KeepsConnections = true;
        SceneClient client = stage.Scene.Connect();
        Assert.EndsWith(TlsStage.Body, client.Get("/0"), StringComparison.Ordinal);
        stage.Endpoint.Last!.UpdateKeys();
        stage.Scene.Run(50);
        Assert.EndsWith(TlsStage.Body, client.Get("/1"), StringComparison.Ordinal);
        Assert.Equal(2, stage.Endpoint.Requests.Count);
        Assert.Equal(1, stage.Endpoint.Connections);
    }

    // With TLS 1.2 the next connection resumes the same one.
    [Fact]
    public void A_session_is_kept_until_a_newer_one_comes_and_then_freed()
    {
        using TlsStage stage = new(isTls12: false, clients: false, endpoints: true);
        SceneClient client = stage.Scene.Connect();
        Func<bool>? before = null;
        for (int i = 0; i < 3; i++)
        {
            client.Get($"/{i}");
            stage.Scene.Run(50);
            Func<bool> isLive = WatchKept(stage);
            Assert.True(isLive());
            if (before is not null) Assert.False(before());
            before = isLive;
        }
    }

    [Fact]
    public void A_session_is_freed_when_its_endpoint_leaves()
    {
        using TlsStage stage = new(isTls12: false, clients: false, endpoints: true);
        stage.Scene.Connect().Get("/");
        stage.Scene.Run(50);
        Func<bool> isLive = WatchKept(stage);
        stage.Renew();
        stage.Scene.Run(50);
        Assert.True(isLive());
        stage.Scene.Publish(stage.Actors.Secure(SceneSnapshot.Of("10.1.0.2"), 0, false, true));
        stage.Scene.Run(50);
        Assert.False(isLive());
        Assert.Equal(0, stage.Scene.Peek.Endpoint(0).Resumable);
    }

    [Fact]
    public void Sessions_are_freed_with_their_worker()
    {
        Func<bool> isLive;
        using (TlsStage stage = new(isTls12: false, clients: false, endpoints: true))
        {
            stage.Scene.Connect().Get("/");
            stage.Scene.Run(50);
            isLive = WatchKept(stage);
        }

        Assert.False(isLive());
    }

    private static Func<bool> WatchKept(TlsStage stage)
    {
        nint kept = stage.Scene.Peek.Endpoint(0).Resumable;
        Assert.NotEqual(0, kept);
        return SessionWatch.Watch(kept);
    }
}
