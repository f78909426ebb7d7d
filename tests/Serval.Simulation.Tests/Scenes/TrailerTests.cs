using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.DataPlane;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>The fields behind a body go from one leg to the other as an event of the exchange.</summary>
public sealed class TrailerTests
{
    private const string Endpoint = "10.1.0.1";
    private const string Trailers = "X-Sum: 42\r\nX-Edited: no\r\nContent-Length: 7\r\n";
    private const string Chunks = "2\r\nok\r\n0\r\n" + Trailers + "\r\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Trailers_of_a_response_reach_the_client_but_for_what_an_edit_decides(bool isOfBackend)
    {
        using Scene scene = new(SceneSnapshot.Of(EditingRule(isOfBackend), Endpoint));
        scene.Upstream(Endpoint).Saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks);
        string answer = scene.Connect().Get("/");
        Assert.EndsWith("2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Trailers_of_a_request_reach_the_upstream_but_for_what_an_edit_decides(bool isOfBackend)
    {
        using Scene scene = new(SceneSnapshot.Of(EditingRule(isOfBackend), Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks);
        const string expected = "2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n";
        scene.RunUntil(() => upstream.Connections.Count == 1
            && upstream.Connections[0].Received.EndsWith(expected, StringComparison.Ordinal));
    }

    // HTTP/1.0 knows no chunks: its body ends by the close, and there is no place for fields behind it.
    [Fact]
    public void A_client_whose_body_ends_by_the_close_gets_the_body_without_its_trailers()
    {
        using Scene scene = new(SceneSnapshot.Of(EditingRule(), Endpoint));
        scene.Upstream(Endpoint).Saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks);
        SceneClient client = scene.Connect();
        client.Send("GET / HTTP/1.0\r\nHost: a.example\r\n\r\n");
        scene.RunUntil(() => client.IsEnded);
        Assert.EndsWith("\r\n\r\nok", client.Received, StringComparison.Ordinal);
        Assert.Equal("completed", scene.Record().GetProperty("outcome").GetString());
    }

    // However steadily it drips: progress does not put its time off, which is that of a head.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_trailer_section_that_does_not_end_is_waited_for_as_long_as_a_head(bool isRequest)
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), new Timeouts { RequestHeadMs = 3_000 });
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
        scene.RunUntil(() => upstream.Connections.Count == 1
            && upstream.Connections[0].Received.EndsWith("ab", StringComparison.Ordinal));
        ScenePeer slow = client;
        if (!isRequest)
        {
            client.Send("0\r\n\r\n");
            slow = upstream.Connections[0];
            slow.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
        }

        // The body took longer than that already.
        scene.Run(5_000);
        slow.Send("0\r\nX-Sum: ");
        long sinceMs = scene.NowMs;
        while (!client.IsEnded && scene.NowMs - sinceMs < 20_000)
        {
            slow.Send("1");
            scene.Run(200);
        }

        Assert.InRange(scene.NowMs - sinceMs, 3_000, 3_400);
        Assert.True(upstream.Connections[0].IsEnded);
        if (isRequest) Assert.StartsWith("HTTP/1.1 408 ", client.Received, StringComparison.Ordinal);
        else Assert.EndsWith("\r\n\r\n2\r\nok", client.Received, StringComparison.Ordinal);
        Assert.Equal(
            isRequest ? "downstream-timed-out" : "upstream-timed-out",
            scene.Record().GetProperty("outcome").GetString());
    }

    [Fact]
    public void The_deadline_of_a_trailer_section_ends_with_it()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), new Timeouts { RequestHeadMs = 3_000 });
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Su");
        scene.RunUntil(() => upstream.Connections.Count == 1);
        scene.Run(2_900);
        client.Send("m: 1\r\n\r\n");
        scene.Run(20);
        ScenePeer peer = upstream.Connections[0];
        Assert.EndsWith("\r\n0\r\nX-Sum: 1\r\n\r\n", peer.Received, StringComparison.Ordinal);
        scene.Run(10_000);
        Assert.Equal("", client.Received);
        peer.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-S");
        scene.Run(2_900);
        peer.Send("um: 2\r\n\r\n");
        scene.Run(20);
        Assert.EndsWith("2\r\nok\r\n0\r\nX-Sum: 2\r\n\r\n", client.Received, StringComparison.Ordinal);
        scene.Run(10_000);
        upstream.Saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Assert.EndsWith("\r\n\r\nok", client.Get("/"), StringComparison.Ordinal);
        Assert.Single(upstream.Connections);
    }

    private static HttpRule EditingRule(bool isOfBackend = false)
    {
        ImmutableArray<HeaderValue> set = [new HeaderValue("X-Edited", "yes")];
        ImmutableArray<Filter> filters =
        [
            new RequestHeaderFilter(new HeaderEdits { Set = set }),
            new ResponseHeaderFilter(new HeaderEdits { Set = set }),
        ];
        return isOfBackend
            ? new HttpRule { Backends = [new WeightedCluster { Cluster = "c", Filters = filters }] }
            : new HttpRule { Filters = filters };
    }
}
