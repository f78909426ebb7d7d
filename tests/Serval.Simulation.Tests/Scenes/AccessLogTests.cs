using System.Globalization;
using System.Text.Json;
using Serval.Config.Model;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Rings;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Tls;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>What the access log says of an exchange.</summary>
public sealed class AccessLogTests
{
    private const string Endpoint = "10.1.0.1";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string Request = "GET /p?q=secret HTTP/1.1\r\nHost: a.example\r\nUser-Agent: a\"b\r\n"
        + "Referer: http://r.example/\r\ntraceparent: 00-" + TraceId + "-b7ad6b7169203331-01\r\n\r\n";

    [Fact]
    public void A_record_says_who_asked_for_what_and_what_became_of_it()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(Ok);
        SceneClient client = scene.Connect();
        client.Send(Request);
        client.Answer();
        JsonElement record = scene.Record();
        Assert.Equal(
            "time client request_id method host path protocol user_agent referer trace_id listener route "
            + "rule status outcome duration_us first_byte_us upstream_us attempts endpoint endpoint_port "
            + "bytes_received bytes_sent",
            string.Join(' ', record.EnumerateObject().Select(member => member.Name)));
        Assert.Equal("a\"b", Text(record, "user_agent"));
        Assert.Equal("http://r.example/", Text(record, "referer"));
        Assert.Equal(TraceId, Text(record, "trace_id"));
        Assert.Equal("HTTP/1.1", Text(record, "protocol"));
        Assert.Equal(("l80", "r"), (Text(record, "listener"), Text(record, "route")));
        Assert.Equal(0, Number(record, "rule"));
        Assert.Equal(Endpoint, Text(record, "endpoint"));
        Assert.Contains(
            $"\r\nX-Request-Id: {Text(record, "request_id")}\r\n", upstream.Requests[0].Head + "\r\n",
            StringComparison.Ordinal);
        Assert.Equal(Request.Length, Number(record, "bytes_received"));
        Assert.Equal(client.Received.Length, Number(record, "bytes_sent"));
        Assert.InRange(Number(record, "first_byte_us"), 1, Number(record, "duration_us"));
        Assert.InRange(Number(record, "upstream_us"), 1, Number(record, "first_byte_us"));
        string time = Text(record, "time");
        Assert.Matches(@"^2023-11-14T\d\d:\d\d:\d\d\.\d\d\dZ$", time);
        DateTimeOffset ended = DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
        long sinceStartMs = ended.ToUnixTimeMilliseconds() - 1_700_000_000_000;
        Assert.InRange(sinceStartMs, scene.NowMs - 50, scene.NowMs);
    }

    // What one request left in the input is the next one's.
    [Fact]
    public void Each_of_two_requests_that_came_together_has_its_own_bytes()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        scene.Upstream(Endpoint).Saying(Ok);
        SceneClient client = scene.Connect();
        const string first = "POST /1 HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello";
        client.Send(first + Request);
        scene.Run(200);
        Assert.Equal(
            [first.Length, Request.Length],
            scene.Records().Select(record => (int)Number(record, "bytes_received")));
    }

    [Fact]
    public void A_request_that_no_route_matches_names_its_listener_alone()
    {
        HttpRule rule = SceneSnapshot.RuleOf("/there", "c");
        using Scene scene = new(SceneSnapshot.Of(rule, Endpoint));
        scene.Connect().Get("/elsewhere");
        JsonElement record = scene.Record();
        Assert.Equal("l80", Text(record, "listener"));
        Assert.False(record.TryGetProperty("route", out _));
        Assert.False(record.TryGetProperty("upstream_us", out _));
    }

    [Fact]
    public void A_connection_that_failed_names_its_error()
    {
        using Scene scene = new(SceneSnapshot.Of(Endpoint));
        scene.Upstream(Endpoint).ConnectErrno = Errno.Connrefused;
        scene.Connect().Get("/");
        JsonElement record = scene.Record();
        Assert.Equal("ECONNREFUSED", Text(record, "errno"));
        Assert.Equal(OutcomeText.Name(Outcome.ConnectFailed), System.Text.Encoding.ASCII.GetBytes(
            Text(record, "outcome")));
    }

    // Hints fill the client's window to the byte: the kernel takes no part of what is behind them.
    [Fact]
    public void A_status_behind_hints_is_not_recorded_when_its_client_goes_before_a_byte_of_it_was_taken()
    {
        using Scene scene = new(
            SceneSnapshot.Of(Endpoint), faults: FaultProfile.None() with { PipeBytes = 2_048 },
            servesHalfClosed: true);
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.StopsReading = true;
        client.Send(Request);
        // So that the send is the first to know when it goes: until then the kernel may have taken something.
        client.End();
        scene.RunUntil(() => upstream.Requests.Count == 1);
        int around = Hint(1) - 1;
        Hint(client.Tcp.ToPeer.Room - around);
        Assert.Equal(0, client.Tcp.ToPeer.Room);
        upstream.Connections[0].Reply(Ok);
        scene.Run(20);
        client.Reset();
        scene.Run(20);
        JsonElement record = scene.Record();
        Assert.Equal("downstream-aborted", Text(record, "outcome"));
        Assert.Equal(0, Number(record, "status"));
        Assert.Equal(2_048, Number(record, "bytes_sent"));

        // The result is what the hint takes of the window.
        int Hint(int bytes)
        {
            int before = client.Tcp.ToPeer.Room;
            string link = new('x', bytes);
            upstream.Connections[0].Reply($"HTTP/1.1 103 Early Hints\r\nLink: {link}\r\n\r\n");
            scene.Run(20);
            return before - client.Tcp.ToPeer.Room;
        }
    }

    // The kernel has taken the answer and not said so yet when it tells of the reset: some have read it.
    [Fact]
    public void A_status_that_may_have_been_read_is_recorded_although_its_client_breaks_off()
    {
        using Scene scene = new(
            SceneSnapshot.Of(Endpoint), faults: FaultProfile.None() with { CompletionDelayMaxUs = 10_000 });
        scene.Upstream(Endpoint).Saying(Ok);
        for (int i = 0; i < 30; i++)
        {
            SceneClient client = scene.Queue();
            client.OnReceived = _ => client.Reset();
            client.Send(Request);
            scene.Run(200);
        }

        List<JsonElement> records = scene.Records();
        Assert.Equal(30, records.Count);
        Assert.Contains(records, record => Number(record, "bytes_sent") == 0);
        Assert.All(records, record => Assert.Equal(200, Number(record, "status")));
    }

    // What TLS adds on the wire is no part of any answer.
    [Fact]
    public void Each_of_two_answers_over_TLS_has_the_bytes_that_its_client_read()
    {
        using TlsActors actors = new();
        using Scene scene = new(
            actors.Secure(SceneSnapshot.Of(Endpoint), shown: 0, endpoints: false), tls: actors);
        SceneUpstream upstream = scene.Upstream(Endpoint).Saying(
            "HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n");
        TlsScenePeer client = scene.QueueTls(actors.Client(isTls12: false));
        string part = new('x', 1_000);
        for (int i = 0; i < 2; i++)
        {
            client.Ask("/");
            for (int sent = 0; sent < 3; sent++)
            {
                scene.Run(50);
                upstream.Connections[0].Reply(part);
            }

            scene.RunUntil(() => client.IsAnswered(part + part + part));
            scene.Run(50);
            Assert.Equal(client.Received.Length, Number(scene.Record(), "bytes_sent"));
        }
    }

    [Fact]
    public void The_time_of_the_upstream_is_that_of_the_attempt_that_was_answered()
    {
        RetryPolicy policy = new() { Codes = [503], Attempts = 1, BackoffMs = 1_000 };
        using Scene scene = new(SceneSnapshot.Of(new HttpRule { Retry = policy }, Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        upstream.Answer = (peer, _) => peer.Reply(
            upstream.Requests.Count == 1 ? "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" : Ok);
        scene.Connect().Get("/");
        JsonElement record = scene.Record();
        Assert.Equal(2, Number(record, "attempts"));
        Assert.InRange(Number(record, "first_byte_us"), policy.BackoffMs * 1_000, int.MaxValue);
        Assert.InRange(Number(record, "upstream_us"), 1, (policy.BackoffMs * 1_000) - 1);
    }

    private static string Text(JsonElement record, string name) => record.GetProperty(name).GetString()!;

    private static long Number(JsonElement record, string name) => record.GetProperty(name).GetInt64();
}
