using Serval.DataPlane.Accounting;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>Clients that go away, and those that only end their half (decision 9).</summary>
public sealed class GoneClientTests
{
    private const string Endpoint = "10.1.0.1";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Get = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
    private const string Last = "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";
    private const string Old = "GET / HTTP/1.0\r\nHost: a.example\r\n\r\n";
    private const string Kept = "GET / HTTP/1.0\r\nHost: a.example\r\nConnection: keep-alive\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello";

    [Theory]
    [InlineData(Get)]
    [InlineData(Post)]
    [InlineData(Kept)]
    public void The_request_of_a_client_that_goes_away_is_cancelled_at_once(string request)
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send(request);
        scene.Run(500);
        Assert.False(Assert.Single(upstream.Connections).IsEnded);
        client.Close();
        scene.Run(20);
        Assert.True(upstream.Connections[0].IsEnded);
        Assert.Equal("downstream-aborted", scene.Record().GetProperty("outcome").GetString());
        Assert.Equal(1, scene.Counters.Read(Counter.ConnectionsClosed));
    }

    // Whatever it has said of its connection: a body that will never be whole is no request.
    [Theory]
    [InlineData("", false)]
    [InlineData("Connection: close\r\n", false)]
    [InlineData("Connection: close\r\n", true)]
    public void A_client_that_ends_inside_its_body_is_gone(string header, bool servesHalfClosed)
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), servesHalfClosed: servesHalfClosed);
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send($"POST / HTTP/1.1\r\nHost: a.example\r\n{header}Content-Length: 10\r\n\r\nhello");
        scene.RunUntil(() => upstream.Connections.Count == 1);
        client.End();
        scene.Run(50);
        Assert.True(upstream.Connections[0].IsEnded);
        Assert.Equal("downstream-aborted", scene.Record().GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData(Last, false)]
    [InlineData(Old, false)]
    [InlineData(Get, true)]
    [InlineData(Post, true)]
    public void A_client_that_may_end_its_half_is_answered(string request, bool servesHalfClosed)
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), servesHalfClosed: servesHalfClosed);
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send(request);
        client.End();
        scene.Run(5_000);
        upstream.Connections[0].Send(Ok);
        Assert.EndsWith("ok", client.Answer(), StringComparison.Ordinal);
        scene.RunUntil(() => client.IsEnded);
        Assert.Equal("completed", scene.Record().GetProperty("outcome").GetString());
    }

    // Tools that pipeline and end their half say Connection: close in their last request at most.
    [Fact]
    public void Requests_that_wait_behind_one_another_are_answered_although_the_half_has_ended()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send(Get + Get + Last);
        client.End();
        for (int i = 0; i < 3; i++)
        {
            scene.Run(100);
            upstream.Requests[i].On.Send(Ok);
        }

        scene.RunUntil(() => client.IsEnded);
        Assert.Equal(3, client.Received.Split("HTTP/1.1 200 ").Length - 1);
    }

    [Fact]
    public void A_connection_that_is_still_being_established_is_given_up_too()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        scene.Upstream(Endpoint).IsSilent = true;
        SceneClient client = scene.Connect();
        client.Send(Get);
        scene.Run(100);
        client.Close();
        scene.Run(20);
        Assert.Equal("downstream-aborted", scene.Record().GetProperty("outcome").GetString());
        Assert.Equal(1, scene.Counters.Read(Counter.UpstreamCloses));
    }

    // The response has begun, so the end of the half says little; sending tells.
    [Fact]
    public void A_response_that_has_begun_goes_on_behind_a_half_close_and_ends_with_the_first_failed_event()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        SceneClient client = scene.Connect();
        client.Get("/");
        client.End();
        scene.Run(1_000);
        upstream.Connections[0].Send("9\r\ndata: 1\n\n\r\n");
        scene.Run(1_000);
        Assert.EndsWith("data: 1\n\n", client.Received, StringComparison.Ordinal);
        client.Close();
        upstream.Connections[0].Send("9\r\ndata: 2\n\n\r\n");
        scene.Run(1_000);
        if (!upstream.Connections[0].IsEnded) upstream.Connections[0].Send("9\r\ndata: 3\n\n\r\n");
        scene.Run(1_000);
        Assert.True(upstream.Connections[0].IsEnded);
        Assert.Equal("downstream-aborted", scene.Record().GetProperty("outcome").GetString());
    }

    // Nothing is read from a client while the upstream does not take what came. One that goes in the middle
    // of its body is gone even where half-closed clients are answered.
    [Theory]
    [InlineData("Transfer-Encoding: chunked", false)]
    [InlineData("Content-Length: 100000000", false)]
    [InlineData("Content-Length: 100000000", true)]
    public void A_client_that_goes_behind_an_upload_that_nobody_takes_is_noticed_within_a_second(
        string framing, bool servesHalfClosed)
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), servesHalfClosed: servesHalfClosed);
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send($"POST / HTTP/1.1\r\nHost: a.example\r\n{framing}\r\n\r\n");
        scene.RunUntil(() => upstream.Connections.Count == 1);
        upstream.Connections[0].StopsReading = true;
        bool isChunked = framing.EndsWith("chunked", StringComparison.Ordinal);
        string part = new('x', 0x4000);
        if (isChunked) part = $"4000\r\n{part}\r\n";
        while (scene.Counters.Read(Counter.ReceivesPaused) == 0 || client.Tcp.ToRouter.Room > part.Length)
        {
            if (client.Tcp.ToRouter.Room > part.Length) client.Send(part);
            scene.Run(1);
        }

        // All that it has sent is in the router's kernel: the end comes behind it.
        if (isChunked) client.Send("0\r\n\r\n");
        client.Close();
        scene.Run(1_000);
        Assert.True(upstream.Connections[0].IsEnded);
        Assert.Equal("downstream-aborted", scene.Record().GetProperty("outcome").GetString());
    }

    // Its upload is whole: a part is in the router, the rest in the router's kernel, and its end behind that.
    [Fact]
    public void A_client_that_ends_its_half_behind_an_upload_that_nobody_takes_yet_is_answered()
    {
        const int length = 350_000;
        const int last = 5_000;
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        int slot = scene.Peek.IdleClient;
        client.Send(
            $"POST / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
        scene.RunUntil(() => upstream.Connections.Count == 1);
        ScenePeer peer = upstream.Connections[0];
        peer.StopsReading = true;
        client.Send(new string('x', length - last));
        scene.RunUntil(() => scene.Counters.Read(Counter.ReceivesPaused) == 1);
        scene.Run(50);
        client.Send(new string('x', last));
        client.End();
        scene.Run(5_000);
        Assert.InRange(scene.Peek.Transports.InputBytes(slot), 1, length);
        Assert.InRange(client.Tcp.ToRouter.Readable, last, length);
        Assert.Empty(scene.Records());
        peer.StopsReading = false;
        peer.Read();
        scene.RunUntil(() => peer.Received.EndsWith(new string('x', length), StringComparison.Ordinal));
        peer.Send(Ok);
        Assert.EndsWith("ok", client.Answer(), StringComparison.Ordinal);
        Assert.Equal("completed", scene.Record().GetProperty("outcome").GetString());
    }
}
