using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>Answers that come before the whole request did, by an upstream or by the router.</summary>
public sealed class EarlyAnswerTests
{
    private const string Endpoint = "10.1.0.1";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Denied = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno";
    private const string Announced = "\r\nConnection: close\r\n";
    private const int Large = 5_000_000;

    [Theory]
    [InlineData("/up", "Content-Length: 5000000", 401)]
    [InlineData("/none", "Content-Length: 5000000", 404)]
    [InlineData("/up", "Content-Length: 65537", 401)]
    [InlineData("/up", "Transfer-Encoding: chunked", 401)]
    // Nobody knows whether the body comes, and where the next request would begin.
    [InlineData("/up", "Content-Length: 5\r\nExpect: 100-continue", 401)]
    public void A_close_is_announced_and_the_rest_is_read_until_the_client_has_its_answer(
        string path, string framing, int status)
    {
        using Scene scene = new(OnePath());
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Denied);
        SceneClient client = scene.Connect();
        client.StopsReading = true;
        client.Send($"PUT {path} HTTP/1.1\r\nHost: a.example\r\n{framing}\r\n\r\n");
        scene.Run(50);
        for (int sent = 0; sent < Large; sent += 50_000)
        {
            client.Send(new string('x', 50_000));
            scene.Run(100);
            Assert.False(client.IsReset);
        }

        client.StopsReading = false;
        client.Read();
        Assert.StartsWith($"HTTP/1.1 {status} ", client.Received, StringComparison.Ordinal);
        Assert.Contains(Announced, client.Received, StringComparison.Ordinal);
        Assert.True(client.IsEnded);
        client.Close();
        scene.Run(20);
        Assert.Equal(1, scene.Counters.Read(Counter.ConnectionsClosed));
        Assert.Equal(status, scene.Record().GetProperty("status").GetInt32());
        Assert.True(upstream.Requests.Count <= 1);
    }

    // The answer is whole and nobody takes the upload any more, but the client reads once it has sent all.
    [Fact]
    public void A_client_that_sends_all_before_it_reads_a_long_answer_gets_it()
    {
        const int length = 100_000;
        using Scene scene = new(OnePath());
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.StopsReading = true;
        client.Send($"PUT /up HTTP/1.1\r\nHost: a.example\r\nContent-Length: {Large}\r\n\r\n");
        scene.RunUntil(() => upstream.Requests.Count == 1);
        upstream.Connections[0].Send(
            $"HTTP/1.1 413 Too Large\r\nContent-Length: {length}\r\n\r\n{new string('y', length)}");
        scene.Run(50);
        for (int sent = 0; sent < Large; sent += 50_000) client.Send(new string('x', 50_000));
        client.StopsReading = false;
        client.Read();
        scene.RunUntil(() => client.IsEnded);
        Assert.EndsWith("\r\n\r\n" + new string('y', length), client.Received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(Large, false)]
    public void A_redirect_of_an_upload_keeps_the_connection_when_little_of_it_is_left(int length, bool keeps)
    {
        HttpRule rule = new() { Filters = [new RedirectFilter { Hostname = "b.example" }] };
        using Scene scene = new(SceneSnapshot.Of(rule, Endpoint));
        SceneClient client = scene.Connect();
        client.Send($"PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: {length}\r\n\r\n");
        string answer = client.Answer();
        Assert.StartsWith("HTTP/1.1 302 ", answer, StringComparison.Ordinal);
        Assert.Equal(!keeps, answer.Contains(Announced, StringComparison.Ordinal));
        Assert.Equal(!keeps, client.IsEnded);
        if (!keeps) return;
        client.Send("hello");
        Assert.StartsWith("HTTP/1.1 302 ", client.Get("/next"), StringComparison.Ordinal);
    }

    // What is left of a small body is dropped, to the byte: it is not the next request.
    [Theory]
    [InlineData("/up", 401, 45)]
    [InlineData("/none", 404, 45)]
    [InlineData("/up", 401, Limits.SkippedBytesMax)]
    public void A_connection_is_kept_when_little_of_the_request_is_left(string path, int status, int length)
    {
        using Scene scene = new(OnePath());
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Denied);
        SceneClient client = scene.Connect();
        client.Send($"PUT {path} HTTP/1.1\r\nHost: a.example\r\nContent-Length: {length}\r\n\r\n");
        string answer = client.Answer();
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(Announced, answer, StringComparison.Ordinal);

        upstream.Saying(Ok);
        upstream.Requests.Clear();
        client.Take();
        string body = "GET /up/evil HTTP/1.1\r\nHost: a.example\r\n\r\n".PadRight(length, 'x');
        for (int at = 0; at < length; at += 20_000)
        {
            client.Send(body[at..Math.Min(length, at + 20_000)]);
            scene.Run(20);
        }

        Assert.Equal("", client.Received);
        Assert.EndsWith("ok", client.Get("/up/next"), StringComparison.Ordinal);
        Assert.StartsWith("GET /up/next ", Assert.Single(upstream.Requests).Head, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_that_came_with_the_rest_is_answered_too()
    {
        using Scene scene = new(OnePath());
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Ok);
        SceneClient client = scene.Connect();
        client.Send("PUT /none HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello"
            + "GET /up HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.Run(100);
        Assert.Contains(" 404 ", client.Received, StringComparison.Ordinal);
        Assert.EndsWith("ok", client.Received, StringComparison.Ordinal);
        Assert.Single(upstream.Requests);
    }

    // The client waits with the rest until its upload was answered: nobody waits for it longer than for a
    // request.
    [Fact]
    public void A_rest_that_does_not_come_ends_the_connection_after_its_idle_time()
    {
        using Scene scene = new(OnePath(), new Timeouts { DownstreamIdleMs = 10_000 });
        scene.Upstream(Endpoint).Saying(Denied);
        SceneClient client = scene.Connect();
        client.Send("PUT /up HTTP/1.1\r\nHost: a.example\r\nContent-Length: 50\r\n\r\nxxxx");
        client.Answer();
        scene.Run(5_000);
        client.Send("x");
        scene.Run(9_000);
        Assert.False(client.IsEnded);
        scene.Run(1_500);
        Assert.True(client.IsEnded);
        Assert.Equal(401, scene.Record().GetProperty("status").GetInt32());
    }

    // It waits for a request, so it makes room like any other idle one; the list of those must stay whole.
    [Fact]
    public void Connections_with_a_rest_to_come_are_idle_ones()
    {
        using Scene scene = new(OnePath());
        scene.Upstream(Endpoint).Saying(Denied);
        SceneClient[] clients = [scene.Connect(), scene.Connect(), scene.Connect()];
        foreach (SceneClient client in clients)
        {
            client.Send("PUT /up HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\nxxxx");
            client.Answer();
            client.Send("xx");
            scene.Run(20);
        }

        clients[1].Send("xx");
        clients[0].End();
        scene.Run(20);
        foreach (SceneClient client in clients[1..])
        {
            client.Take();
            client.Send(client == clients[1] ? "x" : "xxx");
            Assert.Contains(" 401 ", client.Get("/up"), StringComparison.Ordinal);
        }
    }

    // Only 100 tells the client to send its body.
    [Fact]
    public void A_client_that_still_waits_for_100_is_told_of_the_close_although_hints_came_before()
    {
        using Scene scene = new(OnePath());
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + Denied);
        SceneClient client = scene.Connect();
        client.Send("PUT /up HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n"
            + "Expect: 100-continue\r\n\r\n");
        scene.RunUntil(() => client.IsEnded);
        Assert.StartsWith("HTTP/1.1 103 ", client.Received, StringComparison.Ordinal);
        string last = client.Received[client.Received.LastIndexOf("HTTP/1.1 ", StringComparison.Ordinal)..];
        Assert.StartsWith("HTTP/1.1 401 ", last, StringComparison.Ordinal);
        Assert.Contains(Announced, last, StringComparison.Ordinal);
        Assert.Single(upstream.Requests);
    }

    // What it had sent is dropped to make room, however little is missing.
    [Fact]
    public void An_upload_that_is_cut_for_memory_ends_its_connection()
    {
        FaultProfile faults = FaultProfile.None() with { PipeBytes = 8_192 };
        using Scene scene = new(OnePath(), faults: faults);
        SceneUpstream upstream = scene.Upstream(Endpoint);
        upstream.Answer = (peer, _) => peer.StopsReading = true;
        SceneClient client = scene.Connect();
        client.Send("PUT /up HTTP/1.1\r\nHost: a.example\r\nContent-Length: 60000\r\n\r\n");
        client.Send(new string('x', 50_000));
        scene.Run(500);
        Assert.Equal("", client.Received);
        BufferPool buffers = scene.Peek.Transports.Buffers;
        Stack<int> held = [];
        while (buffers.TryLease(out int buffer)) held.Push(buffer);
        scene.Run(50);
        foreach (int buffer in held) buffers.Release(buffer);
        string answer = client.Answer();
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains(Announced, answer, StringComparison.Ordinal);
        Assert.True(client.IsEnded);
        Assert.Equal("cut-for-memory", scene.Record().GetProperty("outcome").GetString());

        upstream.Saying(Ok);
        Assert.EndsWith("ok", scene.Connect().Get("/up"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_upload_whose_response_has_begun_goes_on()
    {
        using Scene scene = new(OnePath());
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        SceneClient client = scene.Connect();
        client.Send("POST /up HTTP/1.1\r\nHost: a.example\r\nContent-Length: 10\r\n\r\nhello");
        client.Answer();
        client.Send("world");
        scene.Run(50);
        ScenePeer peer = upstream.Connections[0];
        Assert.EndsWith("helloworld", peer.Received, StringComparison.Ordinal);
        peer.Send("2\r\nok\r\n0\r\n\r\n");
        scene.Run(50);
        Assert.EndsWith("2\r\nok\r\n0\r\n\r\n", client.Received, StringComparison.Ordinal);
        upstream.Saying(Ok);
        Assert.EndsWith("ok", client.Get("/up"), StringComparison.Ordinal);
    }

    private static Snapshot OnePath() => SceneSnapshot.Of(SceneSnapshot.RuleOf("/up", "c"), Endpoint);
}
