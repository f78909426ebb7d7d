using Serval.DataPlane.Http;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>Responses that break a rule, or end too early: what the client gets, and who is blamed.</summary>
public sealed class RefusedResponseTests
{
    private const string Endpoint = "10.1.0.1";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public void A_head_that_breaks_a_rule_is_a_502_and_its_connection_is_used_no_more()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok");
        SceneClient client = scene.Connect();
        Assert.StartsWith("HTTP/1.1 502 ", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal("upstream-invalid", scene.Record().GetProperty("outcome").GetString());
        Assert.Equal(1, Refused(scene, isResponse: true));
        Assert.Equal(0, Refused(scene, isResponse: false));
        Assert.True(upstream.Connections[0].IsEnded);

        // The client did nothing wrong: its connection goes on.
        upstream.Saying(Ok);
        Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal(2, upstream.Connections.Count);
    }

    [Fact]
    public void A_head_that_ends_in_its_middle_is_a_502_that_says_so()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        scene.Upstream(Endpoint).Answer = (peer, _) =>
        {
            peer.Reply("HTTP/1.1 200 OK\r\nContent-Le");
            peer.End();
        };
        SceneClient client = scene.Connect();
        Assert.StartsWith("HTTP/1.1 502 ", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal("upstream-invalid", scene.Record().GetProperty("outcome").GetString());
        Assert.Equal(1, scene.Counters.ReadRejections(Rejection.HeadIncomplete, isResponse: true));
    }

    [Fact]
    public void A_body_that_breaks_a_rule_before_its_head_was_sent_is_a_502()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        scene.Upstream(Endpoint).Saying(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Mark: 1\r\n\r\nno chunk\r\n");
        SceneClient client = scene.Connect();
        string answer = client.Get("/");
        Assert.StartsWith("HTTP/1.1 502 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Mark", answer, StringComparison.Ordinal);
        Assert.Equal(1, answer.Split("HTTP/1.1").Length - 1);
        Assert.Equal("upstream-invalid", scene.Record().GetProperty("outcome").GetString());
        Assert.Equal(1, Refused(scene, isResponse: true));
    }

    [Fact]
    public void A_body_that_breaks_a_rule_behind_what_was_sent_cuts_the_client_off()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
        SceneClient client = scene.Connect();
        Assert.Contains("one", client.Get("/"), StringComparison.Ordinal);
        upstream.Connections[0].Reply("no chunk\r\n");
        scene.Run(50);
        Assert.True(client.IsEnded);
        Assert.Equal(1, client.Received.Split("HTTP/1.1").Length - 1);
        Assert.DoesNotContain("0\r\n\r\n", client.Received, StringComparison.Ordinal);
        Assert.Equal("upstream-aborted", scene.Record().GetProperty("outcome").GetString());
        Assert.Equal(1, Refused(scene, isResponse: true));
    }

    // Its memory is lent to the kernel, so it cannot be taken back, and what comes behind it cannot be told
    // from the response.
    [Fact]
    public void A_body_that_breaks_a_rule_while_hints_are_being_sent_cuts_the_client_off()
    {
        FaultProfile faults = FaultProfile.None() with { PipeBytes = 4_096 };
        using Scene scene = new(SceneSnapshot.Of(Endpoint), faults: faults);
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.StopsReading = true;
        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.RunUntil(() => upstream.Requests.Count == 1);
        ScenePeer peer = upstream.Connections[0];
        // More than the connection takes: the rest stays with the kernel.
        peer.Send($"HTTP/1.1 103 Early Hints\r\nLink: <{new string('a', 6_000)}>\r\n\r\n");
        scene.Run(50);
        peer.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n");
        scene.Run(50);
        client.StopsReading = false;
        client.Read();
        scene.RunUntil(() => client.IsEnded);
        Assert.StartsWith("HTTP/1.1 103 ", client.Received, StringComparison.Ordinal);
        Assert.Equal(1, client.Received.Split("HTTP/1.1").Length - 1);
        Assert.Equal("upstream-aborted", scene.Record().GetProperty("outcome").GetString());
        Assert.Equal(1, Refused(scene, isResponse: true));

        upstream.Saying(Ok);
        Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
    }

    // RFC 9112 §6.3: to a client of HTTP/1.0 a body of unknown length ends with the connection.
    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", true)]
    [InlineData("Content-Length: 2\r\n\r\nok", false)]
    public void A_kept_connection_of_http_1_0_ends_with_a_body_whose_length_is_not_known(
        string rest, bool ends)
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        scene.Upstream(Endpoint).Saying("HTTP/1.1 200 OK\r\n" + rest);
        SceneClient client = scene.Connect();
        client.Send("GET / HTTP/1.0\r\nHost: a.example\r\nConnection: keep-alive\r\n\r\n");
        string answer = client.Answer();
        Assert.EndsWith("\r\n\r\nok", answer, StringComparison.Ordinal);
        Assert.Equal(ends, client.IsEnded);
        Assert.Equal(!ends,
            answer.Contains("Connection: keep-alive\r\n", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void What_an_upstream_that_half_closes_still_says_is_delivered()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        scene.Upstream(Endpoint).Answer = (peer, _) =>
        {
            peer.Reply("HTTP/1.1 200 OK\r\n\r\nuntil the end");
            peer.End();
        };
        SceneClient client = scene.Connect();
        string answer = client.Get("/");
        Assert.Contains("until the end", answer, StringComparison.Ordinal);
        Assert.EndsWith("0\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.False(client.IsEnded);
        Assert.Equal("completed", scene.Record().GetProperty("outcome").GetString());
    }

    private static long Refused(Scene scene, bool isResponse) =>
        Enum.GetValues<Rejection>().Sum(rule => scene.Counters.ReadRejections(rule, isResponse));
}
