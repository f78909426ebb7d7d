using System.Text.Json;
using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Rings;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>Requests that are sent again because their rule says so.</summary>
public sealed class RetryTests
{
    private const string One = "10.1.0.1";
    private const string Two = "10.1.0.2";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Failing = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
    private const string Get = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";

    private static readonly RetryPolicy Policy = new() { Codes = [500, 503], Attempts = 2, BackoffMs = 100 };

    [Fact]
    public void Another_endpoint_is_tried_after_a_listed_status()
    {
        using Scene scene = new(SceneSnapshot.Of(new HttpRule { Retry = Policy }, One, Two));
        SceneUpstream one = scene.Upstream(One).Saying(Failing);
        SceneUpstream two = scene.Upstream(Two).Saying(Ok);
        SceneClient client = scene.Connect();
        for (int i = 0; i < 20; i++) Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal(20, two.Requests.Count);
        Assert.InRange(one.Requests.Count, 1, 20);
        Assert.Equal(one.Requests.Count, scene.Counters.Read(Counter.Retries));
        int repeated = scene.Records().Count(record => record.GetProperty("attempts").GetInt32() == 2);
        Assert.Equal(one.Requests.Count, repeated);
        // A response that came whole spoils no connection, and an answer is no reason to eject.
        Assert.Single(one.Connections);
        Assert.Equal(0, scene.Counters.EndpointsOut);
    }

    // It answers, so it is well, whatever it answers.
    [Fact]
    public void An_endpoint_whose_trial_is_answered_with_a_listed_status_is_ejected_no_more()
    {
        using Scene scene = new(SceneSnapshot.Of(new HttpRule { Retry = Policy }, One, Two));
        SceneUpstream one = scene.Upstream(One).Saying(Failing);
        scene.Upstream(Two).Saying(Ok);
        one.ConnectErrno = Errno.Connrefused;
        SceneClient client = scene.Connect();
        while (scene.Counters.EndpointsOut == 0)
            Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        one.ConnectErrno = 0;
        for (int i = 0; i < 600 && one.Requests.Count == 0; i++)
        {
            Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
            scene.Run(100);
        }

        Assert.Single(one.Requests);
        Assert.Equal(0, scene.Counters.EndpointsOut);
    }

    [Fact]
    public void The_last_response_is_passed_on_and_each_wait_is_at_least_twice_the_one_before()
    {
        using Scene scene = new(SceneSnapshot.Of(new HttpRule { Retry = Policy with { Attempts = 3 } }, One));
        List<long> times = [];
        SceneUpstream one = scene.Upstream(One);
        one.Answer = (peer, _) =>
        {
            times.Add(scene.NowMs);
            peer.Reply(Failing);
        };
        SceneClient client = scene.Connect();
        Assert.StartsWith("HTTP/1.1 503 Busy", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal(4, times.Count);
        for (int i = 0; i < 3; i++)
            Assert.InRange(times[i + 1] - times[i], 100 << i, (150 << i) + 30);
        JsonElement record = scene.Record();
        Assert.Equal(4, record.GetProperty("attempts").GetInt32());
        Assert.Equal("completed", record.GetProperty("outcome").GetString());
        Assert.Single(one.Connections);
    }

    [Theory]
    [InlineData("HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n", Get, "502")]
    [InlineData("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", Get, "404")]
    // RFC 9110 §9.2.2: a proxy must not repeat what is not idempotent.
    [InlineData(Failing, "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n", "503")]
    [InlineData(Failing, "FROB / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n", "503")]
    // Its body has left: there is nothing to send again.
    [InlineData(Failing, "PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\nabc", "503")]
    public void Other_responses_are_passed_on_at_once(string response, string request, string status)
    {
        using Scene scene = new(SceneSnapshot.Of(new HttpRule { Retry = Policy }, One, Two));
        SceneUpstream one = scene.Upstream(One).Saying(response);
        SceneUpstream two = scene.Upstream(Two).Saying(response);
        SceneClient client = scene.Connect();
        client.Send(request);
        Assert.StartsWith($"HTTP/1.1 {status} ", client.Answer(), StringComparison.Ordinal);
        Assert.Single(one.Requests.Concat(two.Requests));
        Assert.Equal(0, scene.Counters.Read(Counter.Retries));
    }

    [Fact]
    public void A_connection_whose_response_announces_its_end_carries_no_second_attempt()
    {
        using Scene scene = new(SceneSnapshot.Of(new HttpRule { Retry = Policy }, One));
        SceneUpstream one = scene.Upstream(One);
        one.Answer = (peer, _) => peer.Reply(one.Requests.Count == 1
            ? "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" : Ok);
        Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
        Assert.Equal(2, one.Connections.Count);
    }

    [Fact]
    public void A_connection_whose_second_response_announces_its_end_carries_no_other_request()
    {
        using Scene scene = new(SceneSnapshot.Of(new HttpRule { Retry = Policy }, One));
        SceneUpstream one = scene.Upstream(One);
        one.Answer = (peer, _) => peer.Reply(one.Requests.Count == 1
            ? Failing : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        Assert.EndsWith("ok", scene.Connect().Get("/"), StringComparison.Ordinal);
        Assert.Equal(2, one.Requests.Count);
        Assert.True(Assert.Single(one.Connections).IsEnded);
    }

    // They come with the response or behind it, as the network likes.
    [Fact]
    public void Surplus_bytes_behind_a_response_that_is_not_passed_on_end_its_connection()
    {
        using Scene scene = new(SceneSnapshot.Of(new HttpRule { Retry = Policy }, One));
        SceneUpstream one = scene.Upstream(One);
        one.Answer = (peer, _) => peer.Reply(one.Requests.Count % 2 == 1 ? Failing + "x" : Ok);
        SceneClient client = scene.Connect();
        for (int round = 1; round <= 20; round++)
        {
            Assert.EndsWith("\r\n\r\nok", client.Get("/"), StringComparison.Ordinal);
            Assert.Equal(round + 1, one.Connections.Count);
            Assert.Equal(round, one.Connections.Count(connection => connection.IsEnded));
        }
    }

    // What is not the response, or not yet here, must not become the beginning of the next one.
    [Theory]
    [InlineData("Content-Length: 4\r\n\r\nbusy", 1)]
    [InlineData("Content-Length: 0\r\n\r\n", 1)]
    [InlineData("Content-Length: 4\r\n\r\nbu", 2)]
    [InlineData("Content-Length: 4\r\n\r\nbusy, and more", 2)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 2)]
    [InlineData("\r\nuntil the close", 2)]
    public void Only_a_response_that_is_here_whole_leaves_its_connection_to_the_next(
        string rest, int connections)
    {
        using Scene scene = new(SceneSnapshot.Of(new HttpRule { Retry = Policy }, One));
        SceneUpstream one = scene.Upstream(One);
        one.Answer = (peer, _) => peer.Reply(
            one.Requests.Count == 1 ? "HTTP/1.1 503 Busy\r\n" + rest : Ok);
        SceneClient client = scene.Connect();
        Assert.EndsWith("\r\n\r\nok", client.Get("/"), StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nok", client.Get("/"), StringComparison.Ordinal);
        Assert.Equal(connections, one.Connections.Count);
        Assert.Equal(1, scene.Counters.Read(Counter.Retries));
    }

    [Fact]
    public void A_put_whose_body_still_waits_is_sent_again_whole()
    {
        using Scene scene = new(SceneSnapshot.Of(new HttpRule { Retry = Policy }, One));
        SceneUpstream one = scene.Upstream(One);
        one.Answer = (peer, _) =>
        {
            if (one.Requests.Count == 1) peer.Reply(Failing);
        };
        SceneClient client = scene.Connect();
        client.Send("PUT / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        scene.RunUntil(() => one.Requests.Count == 2);
        client.Send("abc");
        ScenePeer last = one.Requests[1].On;
        scene.RunUntil(() => last.Received.EndsWith("abc", StringComparison.Ordinal));
        last.Reply(Ok);
        Assert.EndsWith("ok", client.Answer(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_attempt_begins_that_would_come_after_the_time_of_the_exchange()
    {
        HttpRule rule = new() { Retry = Policy with { BackoffMs = 1_000 }, RequestTimeoutMs = 900 };
        using Scene scene = new(SceneSnapshot.Of(rule, One));
        scene.Upstream(One).Saying(Failing);
        SceneClient client = scene.Connect();
        long beforeMs = scene.NowMs;
        Assert.StartsWith("HTTP/1.1 503 Busy", client.Get("/"), StringComparison.Ordinal);
        Assert.InRange(scene.NowMs - beforeMs, 0, 100);
    }

    [Fact]
    public void An_attempt_that_takes_too_long_is_given_up_for_another()
    {
        HttpRule rule = new() { Retry = Policy, BackendRequestTimeoutMs = 500, RequestTimeoutMs = 5_000 };
        using Scene scene = new(SceneSnapshot.Of(rule, One));
        SceneUpstream one = scene.Upstream(One);
        one.Answer = (peer, _) =>
        {
            if (one.Requests.Count == 2) peer.Reply(Ok);
        };
        SceneClient client = scene.Connect();
        Assert.EndsWith("ok", client.Get("/"), StringComparison.Ordinal);
        Assert.True(one.Connections[0].IsEnded);
        Assert.Equal(2, scene.Record().GetProperty("attempts").GetInt32());
    }

    [Fact]
    public void An_only_endpoint_that_refuses_is_dialled_again_whatever_the_method()
    {
        using Scene scene = new(SceneSnapshot.Of(new HttpRule { Retry = Policy }, One));
        SceneUpstream one = scene.Upstream(One).Saying(Ok);
        one.ConnectErrno = Errno.Connrefused;
        SceneClient client = scene.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\nabc");
        scene.Run(50);
        Assert.Equal("", client.Received);
        one.ConnectErrno = 0;
        Assert.EndsWith("ok", client.Answer(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_leaves_while_its_request_waits_ends_it()
    {
        HttpRule rule = new() { Retry = Policy with { BackoffMs = 5_000 } };
        using Scene scene = new(SceneSnapshot.Of(rule, One));
        SceneUpstream one = scene.Upstream(One).Saying(Failing);
        SceneClient client = scene.Connect();
        client.Send(Get);
        scene.RunUntil(() => one.Requests.Count == 1);
        scene.Run(1_000);
        client.Close();
        scene.Run(20_000);
        Assert.Single(one.Requests);
        Assert.Equal("downstream-aborted", scene.Record().GetProperty("outcome").GetString());
    }

    [Fact]
    public void A_request_that_waits_is_answered_when_its_time_is_over_and_never_sent_again()
    {
        HttpRule rule = new() { Retry = Policy with { BackoffMs = 700 }, RequestTimeoutMs = 1_200 };
        using Scene scene = new(SceneSnapshot.Of(rule, One));
        SceneUpstream one = scene.Upstream(One);
        one.Answer = (peer, _) =>
        {
            if (one.Requests.Count == 1) peer.Reply(Failing);
        };
        SceneClient client = scene.Connect();
        Assert.StartsWith("HTTP/1.1 504 ", client.Get("/"), StringComparison.Ordinal);
        scene.Run(5_000);
        Assert.Equal(2, one.Requests.Count);
        Assert.Equal("request-timed-out", scene.Record().GetProperty("outcome").GetString());
    }

    // It has sent none of its upload and reads little of what it was sent, so that its answer waits for
    // longer than the next attempt would have.
    [Fact]
    public void A_request_that_was_answered_while_it_waited_is_never_sent_again_however_slowly_it_is_read()
    {
        HttpRule rule = new() { Retry = Policy with { BackoffMs = 9_000 } };
        FaultProfile faults = FaultProfile.None() with { PipeBytes = 4_096 };
        using Scene scene = new(
            SceneSnapshot.Of(rule, One), new Timeouts { StreamIdleMs = 6_000 }, faults);
        SceneUpstream one = scene.Upstream(One);
        SceneClient client = scene.Connect();
        client.StopsReading = true;
        client.Send("PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\n");
        scene.RunUntil(() => one.Requests.Count == 1);
        string hints = $"HTTP/1.1 103 Early Hints\r\nLink: <{new string('a', 6_000)}>\r\n\r\n";
        one.Connections[0].Send(hints + Failing);
        scene.RunUntil(() => scene.Counters.Read(Counter.Retries) == 1);
        // A quarter of the idle time until it is first seen that bytes are under way, then the idle time.
        scene.Run(8_250);
        byte[] sip = new byte[50];
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(sip.Length, client.Tcp.PeerRead(sip));
            scene.Run(1_000);
        }

        Assert.False(client.IsEnded);
        client.StopsReading = false;
        client.Read();
        scene.RunUntil(() => client.IsEnded);
        Assert.Contains("HTTP/1.1 408 ", client.Received, StringComparison.Ordinal);
        Assert.Single(one.Requests);
        Assert.Equal("downstream-timed-out", scene.Record().GetProperty("outcome").GetString());
    }

    [Fact]
    public void Only_so_many_are_sent_again_at_once_and_the_others_hear_the_failure()
    {
        HttpRule failing = SceneSnapshot.RuleOf("/bad", "bad") with { Retry = Policy };
        Snapshot snapshot = SceneSnapshot.Of(Two) with
        {
            Clusters = [new Cluster { Name = "bad" }, new Cluster { Name = "c" }],
            EndpointSets = [SceneSnapshot.SetOf("bad", One), SceneSnapshot.SetOf("c", Two)],
            Routes = [SceneSnapshot.RouteOf("r", "l80", failing, SceneSnapshot.RuleOf("/", "c"))],
        };
        using Scene scene = new(snapshot);
        SceneUpstream one = scene.Upstream(One).Saying(Failing);
        scene.Upstream(Two).Saying(Ok);
        List<SceneClient> clients =
            [.. Enumerable.Range(0, Limits.RetriesAtOnceMin + 4).Select(_ => scene.Connect())];
        foreach (SceneClient client in clients)
            client.Send("GET /bad HTTP/1.1\r\nHost: a.example\r\n\r\n");
        scene.Run(60);
        Assert.Equal(4, clients.Count(client => client.Received.Length > 0));
        Assert.Equal(4, scene.Counters.Read(Counter.LimitRetriesAtOnce));
        Assert.EndsWith("ok", scene.Connect().Get("/good"), StringComparison.Ordinal);
        scene.Run(5_000);
        Assert.All(clients, client =>
            Assert.StartsWith("HTTP/1.1 503 Busy", client.Received, StringComparison.Ordinal));
        // Whoever is done makes room.
        one.Saying(Ok);
        Assert.EndsWith("ok", scene.Connect().Get("/bad"), StringComparison.Ordinal);
        one.Saying(Failing);
        long before = scene.Counters.Read(Counter.Retries);
        scene.Connect().Get("/bad");
        Assert.Equal(before + 2, scene.Counters.Read(Counter.Retries));
    }
}
