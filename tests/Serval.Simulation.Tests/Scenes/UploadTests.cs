using System.Text.Json;
using Serval.DataPlane.Accounting;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>Uploads that fail inside their body.</summary>
public sealed class UploadTests
{
    private const string Endpoint = "10.1.0.1";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Chunked =
        "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";

    [Theory]
    [InlineData("zz\r\nevil", "chunk-size-invalid")]
    [InlineData("0\r\nX-Sum : evil\r\n\r\n", "space-before-colon")]
    public void A_body_that_breaks_a_rule_is_a_400_and_the_upstream_gets_no_more_of_it(
        string rest, string reason)
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = Upload(scene, upstream, Chunked);
        client.Send(rest);
        string answer = client.Answer();
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        ScenePeer peer = upstream.Connections[0];
        Assert.True(peer.IsEnded);
        Assert.EndsWith("\r\n\r\n5\r\nhello", peer.Received, StringComparison.Ordinal);
        JsonElement record = scene.Record();
        Assert.Equal("bad-request", record.GetProperty("outcome").GetString());
        Assert.Equal(reason, record.GetProperty("reject_reason").GetString());
        MustServe(scene, upstream);
    }

    // An answer of ours behind a part of a response would be taken for a part of it.
    [Fact]
    public void A_body_that_breaks_a_rule_when_its_response_has_begun_cuts_the_client_off()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = Upload(scene, upstream, Chunked);
        upstream.Connections[0].Reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
        scene.RunUntil(() => client.Received.EndsWith("ok", StringComparison.Ordinal));
        client.Send("zz\r\n");
        scene.RunUntil(() => client.IsEnded && upstream.Connections[0].IsEnded);
        Assert.EndsWith("\r\n\r\n2\r\nok", client.Received, StringComparison.Ordinal);
        MustServe(scene, upstream);
    }

    [Theory]
    [InlineData("3\r\nab")]
    [InlineData("0\r\n")]
    [InlineData("0\r\nX-Sum: 4")]
    [InlineData("")]
    public void A_body_that_ends_too_early_ends_the_exchange_and_nobody_is_answered(string rest)
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint), servesHalfClosed: true);
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = Upload(scene, upstream, Chunked);
        client.Send(rest);
        client.End();
        scene.RunUntil(() => upstream.Connections[0].IsEnded && client.IsEnded);
        Assert.Equal("", client.Received);
        JsonElement record = scene.Record();
        Assert.Equal("downstream-aborted", record.GetProperty("outcome").GetString());
        Assert.Equal(0, record.GetProperty("status").GetInt32());
        MustServe(scene, upstream);
    }

    // As soon as some of it was passed on, the body cannot be sent a second time.
    [Fact]
    public void An_upload_of_which_something_was_sent_is_not_sent_to_another_endpoint()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint, "10.1.0.2"));
        SceneUpstream[] upstreams = [scene.Upstream(Endpoint), scene.Upstream("10.1.0.2")];
        SceneClient client = scene.Connect();
        client.Send("PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\nhello");
        scene.RunUntil(() => upstreams.Sum(one => one.Requests.Count) == 1);
        scene.Run(20);
        SceneUpstream first = Assert.Single(upstreams, one => one.Requests.Count == 1);
        first.Connections[0].Reset();
        Assert.StartsWith("HTTP/1.1 502 ", client.Answer(), StringComparison.Ordinal);
        Assert.Equal(1, upstreams.Sum(one => one.Connections.Count));
        Assert.Equal(0, scene.Counters.Read(Counter.Retries));
    }

    // A client whose upload the upstream has begun to get.
    private static SceneClient Upload(Scene scene, SceneUpstream upstream, string text)
    {
        SceneClient client = scene.Connect();
        client.Send(text);
        scene.RunUntil(() => upstream.Requests.Count == 1);
        scene.Run(20);
        return client;
    }

    private static void MustServe(Scene scene, SceneUpstream upstream)
    {
        int connections = upstream.Connections.Count;
        upstream.Saying(Ok);
        Assert.EndsWith("\r\n\r\nok", scene.Connect().Get("/"), StringComparison.Ordinal);
        Assert.Equal(connections + 1, upstream.Connections.Count);
    }
}
