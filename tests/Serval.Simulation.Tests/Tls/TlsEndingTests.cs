using System.Text;
using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Tests.Tls;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Tls;

/// <summary>How connections with TLS on them end.</summary>
public sealed class TlsEndingTests
{
    private const string Endpoint = "10.1.0.1";
    private const int SoonMs = 500;

    private const string Last =
        $"GET /last HTTP/1.1\r\nHost: {TlsActors.RouterName}\r\nConnection: close\r\n\r\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Behind_the_last_answer_the_client_is_told_that_nothing_was_cut_off(bool isTls12)
    {
        using TlsStage stage = new(isTls12, clients: true, endpoints: false);
        TlsScenePeer client = stage.Connect();
        client.Send(Last);
        stage.Scene.RunUntil(() => client.IsAnswered(TlsStage.Body));
        stage.Scene.RunUntil(() => client.Tcp.IsRouterClosed, SoonMs);
        stage.Scene.Run(20);
        Assert.True(client.IsNotified);
        stage.Scene.DrainToEnd();
    }

    // A close with bytes unread would become a reset, which can destroy the answer on its way.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Before_a_client_that_goes_on_sending_the_router_ends_its_half_and_waits(bool isTls12)
    {
        using TlsStage stage = new(isTls12, clients: true, endpoints: false);
        TlsScenePeer client = stage.Connect();
        client.Send(Last + "GET /never HTTP/1.1\r\n");
        stage.Scene.RunUntil(() => client.IsAnswered(TlsStage.Body));
        stage.Scene.RunUntil(() => client.Tcp.ToPeer.IsEndVisible, SoonMs);
        Assert.True(client.IsNotified);
        Assert.False(client.Tcp.IsRouterClosed);
        client.Send("Host: a.example\r\n\r\n");
        stage.Scene.Run(SoonMs);
        Assert.False(client.Tcp.IsRouterClosed);
        client.Close();
        stage.Scene.RunUntil(() => client.Tcp.IsRouterClosed, SoonMs);
        stage.Scene.DrainToEnd();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_that_stops_reading_is_cut_off_and_nothing_of_it_stays(bool isTls12)
    {
        const int idleMs = 2_000;
        using TlsActors actors = new();
        using Scene scene = new(
            actors.Secure(SceneSnapshot.Of(Endpoint), shown: 0, endpoints: false),
            new Timeouts { StreamIdleMs = idleMs }, tls: actors);
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(
            $"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{new string('x', 10_000)}");
        TlsEnd end = actors.Client(isTls12);
        SceneClient client = scene.Connect();
        Ask(scene, client, end, static text => text.Length > 0);
        client.StopsReading = true;
        string part = new('x', 30_000);
        for (int i = 0; i < 32; i++)
        {
            ScenePeer peer = upstream.Connections[0];
            if (peer.Tcp.ToRouter.Room > part.Length) peer.Send(part);
            scene.Run(1);
        }

        scene.Run(idleMs - 200);
        Assert.False(client.Tcp.IsRouterClosed);
        scene.RunUntil(() => client.Tcp.IsRouterClosed, 2 * idleMs);
        Assert.False(end.IsEnded);
        scene.DrainToEnd();
    }

    [Fact]
    public void A_record_that_was_changed_on_its_way_is_not_one_message_too_many()
    {
        using TlsStage stage = new(isTls12: false, clients: true, endpoints: false);
        TlsEnd end = stage.Actors.Client(isTls12: false);
        SceneClient client = stage.Scene.Connect();
        Ask(stage.Scene, client, end, static text => text.EndsWith(TlsStage.Body, StringComparison.Ordinal));
        end.Write("GET /again"u8);
        byte[] record = end.TakeWire();
        record[^1] ^= 1;
        client.Send(record);
        stage.Scene.RunUntil(() => client.IsEnded);
        Assert.Equal(0, stage.Scene.Counters.Read(Counter.LimitTlsMessages));
    }

    // It may have sent more than the message that was wrong: a reset would destroy the alert on its way.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Behind_the_alert_of_a_failed_handshake_the_router_ends_its_half_and_waits(bool isTls12)
    {
        // Behind its first message a server of TLS 1.3 seals its alert.
        char recordType = (char)(isTls12 ? 21 : 23);
        using TlsStage stage = new(isTls12, clients: true, endpoints: false);
        SceneClient client = stage.Scene.Connect();
        client.Send(stage.Actors.Client(isTls12).TakeHello());
        stage.Scene.Run(50);
        client.Take();
        // A message of a handshake that nobody may send there: the hello again.
        client.Send(stage.Actors.Client(isTls12).TakeHello());
        stage.Scene.RunUntil(() => client.Tcp.ToPeer.IsEndVisible, SoonMs);
        Assert.Equal(recordType, client.Take()[0]);
        Assert.False(client.Tcp.IsRouterClosed);
        client.Send("and more");
        stage.Scene.Run(SoonMs);
        Assert.False(client.Tcp.IsRouterClosed);
        client.End();
        stage.Scene.RunUntil(() => client.Tcp.IsRouterClosed, SoonMs);
        stage.Scene.DrainToEnd();
    }

    // The kernel has no room for close_notify. Another client, which reads, gets it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_idle_client_whose_window_is_full_is_gone_after_the_time_of_lingering(bool isTls12)
    {
        const int idleMs = 10_000;
        const int marginMs = 100;
        // Its location has the path: an answer of any length, in one record.
        HttpRule rule = new() { Filters = [new RedirectFilter { Hostname = "b.example" }] };
        using TlsActors actors = new();
        using Scene scene = new(
            actors.Secure(SceneSnapshot.Of(rule, Endpoint), shown: 0, endpoints: false),
            new Timeouts { DownstreamIdleMs = idleMs }, FaultProfile.None() with { PipeBytes = 2_048 },
            tls: actors);
        TlsEnd end = actors.Client(isTls12);
        SceneClient client = scene.Connect();
        Ask(scene, client, end, static text => text.EndsWith("\r\n\r\n", StringComparison.Ordinal));
        TlsScenePeer good = scene.QueueTls(actors.Client(isTls12));
        client.StopsReading = true;
        int around = Fill(1) - 1;
        Fill((client.Tcp.ToPeer.Room / 2) - around);
        Fill(client.Tcp.ToPeer.Room - around);
        Assert.Equal(0, client.Tcp.ToPeer.Room);
        good.Ask("/");
        scene.Run(idleMs - marginMs);
        Assert.Equal(0, scene.Counters.Read(Counter.ConnectionsClosed));
        scene.Run(2 * marginMs);
        Assert.True(good.IsNotified);
        Assert.Equal(1, scene.Counters.Read(Counter.ConnectionsClosed));
        Assert.False(client.Tcp.IsRouterClosed);
        // It is not closed for a second time to make room.
        Assert.Equal(-1, scene.Peek.Transports.IdleOldest);
        scene.Run(Limits.LingerIdleMs);
        Assert.True(client.Tcp.IsRouterClosed);
        Assert.Equal(2, scene.Counters.Read(Counter.ConnectionsClosed));
        scene.DrainToEnd();

        // Asks for a path of so many bytes; the result is what the answer takes of the window.
        int Fill(int bytes)
        {
            int before = client.Tcp.ToPeer.Room;
            string path = "/".PadRight(bytes, 'x');
            end.Write(Encoding.Latin1.GetBytes($"GET {path} HTTP/1.1\r\nHost: a.example\r\n\r\n"));
            client.Send(end.TakeWire());
            scene.Run(20);
            return before - client.Tcp.ToPeer.Room;
        }
    }

    // A trial is a connection that the pool makes itself, to an endpoint that has failed. The bytes come
    // with the end of the handshake, before anybody has asked for anything.
    [Fact]
    public void Bytes_that_come_with_the_handshake_of_a_trial_end_it_and_are_nobodys_answer()
    {
        const string other = "10.1.0.2";
        const string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        using TlsActors actors = new();
        using Scene scene = new(
            actors.Secure(SceneSnapshot.Of(Endpoint, other), shown: 0, clients: false), tls: actors);
        TlsSceneUpstream bad = scene.TlsUpstream(Endpoint, actors, isTls12: true, ok);
        scene.TlsUpstream(other, actors, isTls12: true, ok);
        SceneClient client = scene.Connect();
        for (int i = 0; scene.Counters.EndpointsOut == 0; i++)
        {
            Assert.True(i < 100);
            bad.FailNext(WireFault.Closes, 0);
            client.Get("/before");
        }

        bad.FailNext(WireFault.None, 0);
        bad.Greeting = ok.Replace("ok", "no", StringComparison.Ordinal);
        int failed = bad.Connections;
        scene.Run(Limits.EjectionMsMin);
        for (int i = 0; bad.Requests.Count == 0; i++)
        {
            Assert.True(i < 100);
            Assert.EndsWith("\r\n\r\nok", client.Get("/"), StringComparison.Ordinal);
            if (bad.Connections > failed) bad.Greeting = "";
        }

        Assert.Equal(failed + 2, bad.Connections);
    }

    // By hand, so that what comes can be left unread and what goes can be changed.
    private static void Ask(Scene scene, SceneClient client, TlsEnd end, Func<string, bool> isEnough)
    {
        StringBuilder text = new();
        end.Write("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"u8);
        client.Send(end.TakeWire());
        scene.RunUntil(() =>
        {
            end.Feed(Encoding.Latin1.GetBytes(client.Take()));
            if (end.TakeWire() is { Length: > 0 } wire) client.Send(wire);
            text.Append(Encoding.Latin1.GetString(end.TakePlain()));
            return isEnough(text.ToString());
        });
    }
}
