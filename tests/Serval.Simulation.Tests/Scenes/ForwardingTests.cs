using System.Text;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>What passes from one side to the other, and what must not.</summary>
public sealed class ForwardingTests
{
    private const string Endpoint = "10.1.0.1";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

    // They come with the response or behind it, as the network likes. Who asks next is there already.
    [Fact]
    public void Surplus_bytes_behind_a_response_never_reach_the_next_client()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient first = scene.Connect();
        SceneClient next = scene.Connect();
        for (int round = 0; round < 20; round++)
        {
            upstream.Saying(Ok + Evil);
            first.OnReceived = _ =>
            {
                first.OnReceived = null;
                next.Reply("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
            };
            Assert.EndsWith("ok", first.Get("/"), StringComparison.Ordinal);
            Assert.EndsWith("ok", next.Answer(), StringComparison.Ordinal);
            next.Take();
            scene.Run(50);
            Assert.All(upstream.Connections, connection => Assert.True(connection.IsEnded));
        }

        Assert.Equal(40, upstream.Connections.Count);
    }

    // Its answer is whole; how long the client takes to read it is no matter of the endpoint's.
    [Fact]
    public void A_connection_that_is_used_no_more_is_closed_before_a_slow_client_has_the_answer()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.StopsReading = true;
        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.RunUntil(() => upstream.Requests.Count == 1);
        string body = new('x', 100_000);
        upstream.Connections[0].Send(
            $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        scene.Run(50);
        Assert.Equal(1, scene.Counters.ExchangesActive);
        Assert.True(upstream.Connections[0].IsEnded);
        client.StopsReading = false;
        client.Read();
        scene.RunUntil(() => client.Received.EndsWith("\r\n\r\n" + body, StringComparison.Ordinal));
    }

    [Fact]
    public void Bytes_on_an_idle_upstream_connection_never_reach_the_next_client()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Ok);
        Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
        Assert.False(upstream.Connections[0].IsEnded);
        upstream.Connections[0].Send(Evil);
        scene.Run(50);
        Assert.True(upstream.Connections[0].IsEnded);
        Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
        Assert.Equal(2, upstream.Connections.Count);
    }

    // The next request may already be taken when the surplus comes in the same turn.
    [Fact]
    public void Surplus_bytes_never_reach_a_request_that_waits_behind_on_the_same_connection()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        upstream.Answer = (peer, head) =>
            peer.Reply(head.Contains("/first", StringComparison.Ordinal) ? Ok + Evil : Ok);
        SceneClient client = scene.Connect();
        client.Send(
            "GET /first HTTP/1.1\r\nHost: a.example\r\n\r\nGET /second HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.Run(100);
        Assert.Equal(2, client.Received.Split("HTTP/1.1 200 ").Length - 1);
        Assert.DoesNotContain("evil", client.Received, StringComparison.Ordinal);
    }

    // As a proxy in front would, which tells whom it has accepted.
    [Fact]
    public void The_log_and_the_upstream_are_told_the_address_that_the_transport_has_for_its_peer()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Ok);
        SceneClient client = scene.Connect();
        scene.Peek.Transports.Peer(scene.Peek.IdleClient) = SimulatedNetwork.AddressOf("192.0.2.7", 999);
        Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-For: 192.0.2.7\r\n", upstream.Requests[0].Head,
            StringComparison.Ordinal);
        Assert.Equal("192.0.2.7", scene.Record().GetProperty("client").GetString());
    }

    [Theory]
    [InlineData(Limits.InterimResponses, 200)]
    [InlineData(Limits.InterimResponses + 1, 502)]
    public void Interim_responses_are_relayed_up_to_their_bound(int count, int status)
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        StringBuilder interims = new();
        for (int i = 0; i < count; i++) interims.Append("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
        scene.Upstream(Endpoint).Saying(interims + Ok);
        SceneClient client = scene.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.Run(100);
        Assert.Equal(Limits.InterimResponses, client.Received.Split("HTTP/1.1 103 ").Length - 1);
        Assert.Contains($"HTTP/1.1 {status} ", client.Received, StringComparison.Ordinal);
        Assert.Equal(status, scene.Record().GetProperty("status").GetInt32());
    }

    [Fact]
    public void The_access_log_says_how_many_bytes_were_sent()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        scene.Upstream(Endpoint).Saying(
            $"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n{new string('x', 50_000)}");
        SceneClient client = scene.Connect();
        for (int i = 0; i < 2; i++)
        {
            client.Take();
            client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
            scene.RunUntil(() => client.Received.Length > 50_000);
            scene.Run(100);
            Assert.Equal(client.Received.Length, scene.Record().GetProperty("bytes_sent").GetInt64());
        }

        Assert.True(scene.Counters.Read(Counter.BytesSentDownstream) > 100_000);
    }

    [Fact]
    public void A_response_that_breaks_off_is_cut_and_recorded_as_such()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        scene.Upstream(Endpoint).Answer = (peer, _) =>
        {
            peer.Reply("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
            peer.Close();
        };
        SceneClient client = scene.Connect();
        Assert.EndsWith("only this", client.Get("/"), StringComparison.Ordinal);
        Assert.True(client.IsEnded);
        Assert.Equal("upstream-aborted", scene.Record().GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData("GET", 2)]
    [InlineData("DELETE", 2)]
    [InlineData("POST", 1)]
    [InlineData("PATCH", 1)]
    [InlineData("FROB", 1)]
    public void Only_what_may_be_sent_again_is_sent_again_when_a_kept_connection_had_ended(
        string method, int attempts)
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Ok);
        SceneClient client = scene.Connect();
        client.Get("/");
        scene.Records();
        // It looks well until the request is on its way.
        upstream.Answer = (peer, _) =>
        {
            peer.Close();
            upstream.Saying(Ok);
        };
        client.Take();
        client.Send($"{method} / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n");
        string answer = client.Answer();
        Assert.StartsWith(
            attempts == 2 ? "HTTP/1.1 200 " : "HTTP/1.1 502 ", answer, StringComparison.Ordinal);
        Assert.Equal(attempts, scene.Record().GetProperty("attempts").GetInt32());
        Assert.Equal(1 + attempts, upstream.Requests.Count);
        // Nobody is ejected for that.
        Assert.Equal(0, scene.Counters.Read(Counter.EndpointsEjected));
    }
}
