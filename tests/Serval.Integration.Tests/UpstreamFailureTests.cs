using System.Diagnostics;
using System.Text;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class UpstreamFailureTests
{
    [Fact]
    public async Task A_refused_connection_is_retried_on_another_endpoint()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await StartAsync(
            ("127.0.0.1", Ports.Free()), ("127.0.0.1", upstream.Port));
        for (int i = 0; i < 20; i++)
            Assert.Equal(200, (await router.GetAsync("/")).Status);
    }

    [Fact]
    public async Task An_endpoint_that_refuses_is_logged_when_it_goes_and_when_it_is_back()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        int refusing = Ports.Free();
        await using RunningRouter router = await StartAsync(
            ("127.0.0.1", refusing), ("127.0.0.1", upstream.Port));
        for (int i = 0; i < 40; i++) Assert.Equal(200, (await router.GetAsync("/")).Status);
        await router.Process.WaitForLineAsync(
            $@"Endpoint 127\.0\.0\.1:{refusing} is ejected: ECONNREFUSED \(refused\)");

        await using EchoUpstream second = await EchoUpstream.StartAsync(port: refusing);
        Task<System.Text.RegularExpressions.Match> back = router.Process.WaitForLineAsync(
            $@"Endpoint 127\.0\.0\.1:{refusing} is back");
        // Requests bring it back: each worker finds out for itself.
        while (!back.IsCompleted) Assert.Equal(200, (await router.GetAsync("/")).Status);
        await back;
    }

    [Fact]
    public async Task Endpoints_of_another_cluster_stand_in_while_the_own_ones_fail()
    {
        int near = Ports.Free();
        EchoUpstream own = await EchoUpstream.StartAsync(port: near);
        await using ScriptedUpstream far =
            ScriptedUpstream.Saying("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nfar");
        await using RunningRouter router = await RunningRouter.StartAsync($$"""
            {{Objects.Route("all", Objects.Rule("/", "up"))}}
            apiVersion: v1
            kind: Service
            metadata:
              name: up
              namespace: test
              annotations: {service.cilium.io/global: "true", service.cilium.io/affinity: local}
            spec: {ports: [{name: http, port: 80}]}
            ---
            {{Slice("near", near, "")}}
            ---
            {{Slice("far", far.Port, ", multicluster.kubernetes.io/source-cluster: other")}}
            """);
        for (int i = 0; i < 20; i++)
            Assert.NotEqual("far", (await router.GetAsync("/")).Text);
        await own.DisposeAsync();
        for (int i = 0; i < 20; i++)
        {
            RawResponse response = await router.GetAsync("/");
            Assert.Equal((200, "far"), (response.Status, response.Text));
        }

        // Requests bring it back, once it has been well for a while.
        await using EchoUpstream again = await EchoUpstream.StartAsync(port: near);
        RawResponse answer;
        do
        {
            answer = await router.GetAsync("/");
            Assert.Equal(200, answer.Status);
        }
        while (answer.Text == "far");
    }

    private static string Slice(string name, int port, string label) => $$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: {{name}}
          namespace: test
          labels: {kubernetes.io/service-name: up{{label}}}
        addressType: IPv4
        ports: [{name: http, port: {{port}}}]
        endpoints: [{addresses: ["127.0.0.1"]}]
        """;

    [Fact]
    public async Task When_no_endpoint_accepts_the_answer_is_503()
    {
        await using RunningRouter router = await StartAsync(("127.0.0.1", Ports.Free()));
        RawResponse response = await router.GetAsync("/");
        Assert.Equal(503, response.Status);
        Assert.Equal("connect-failed", response["X-Serval-Reason"]);
    }

    [Fact]
    public async Task An_upstream_that_closes_without_a_word_is_a_502()
    {
        await using ScriptedUpstream upstream = ScriptedUpstream.Saying("");
        await using RunningRouter router = await StartAsync(("127.0.0.1", upstream.Port));
        RawResponse response = await RawClient.AskAsync(
            router.Port, "POST / HTTP/1.1\r\nHost: test.example\r\nContent-Length: 2\r\n\r\nab");
        Assert.Equal(502, response.Status);
        Assert.Equal("upstream-closed", response["X-Serval-Reason"]);
    }

    [Fact]
    public async Task A_post_that_reached_an_upstream_is_not_sent_twice()
    {
        // On a connection that has served before: only there could the failure be a harmless one.
        await using ScriptedUpstream upstream = new(async (stream, _, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), stop);
            byte[] next = new byte[1];
            await stream.ReadExactlyAsync(next, stop);
        });
        await using RunningRouter router = await StartAsync(("127.0.0.1", upstream.Port));
        await using RawClient client = await RawClient.ConnectAsync(router.Port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: test.example\r\n\r\n");
        Assert.Equal("ok", (await client.ReadAsync()).Text);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: test.example\r\nContent-Length: 0\r\n\r\n");
        RawResponse response = await client.ReadAsync();
        Assert.Equal((502, "upstream-closed"), (response.Status, response["X-Serval-Reason"]));
        Assert.Equal(1, upstream.Connections);
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n", "bad-status-line")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        "content-length-duplicate")]
    [InlineData("HTTP/1.1 200 OK\r\nX y: z\r\nContent-Length: 0\r\n\r\n", "bad-header-name")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2  \r\nok\r\n",
        "chunk-extension-invalid")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Len", "head-incomplete")]
    public async Task A_response_that_cannot_be_read_is_a_502_that_names_the_rule(string bytes, string rule)
    {
        await using ScriptedUpstream upstream = ScriptedUpstream.Saying(bytes);
        await using RunningRouter router = await StartAsync(("127.0.0.1", upstream.Port));
        RawResponse response = await router.GetAsync("/");
        Assert.Equal(502, response.Status);
        Assert.Equal(rule, response["X-Serval-Reason"]);
        string metrics = await router.Admin.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains($"serval_rejections_total{{sender=\"upstream\",rule=\"{rule}\"}} 1", metrics,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upstream_that_does_not_answer_in_time_is_a_504()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("all", Objects.Rule("/", "echo", "    timeouts: {backendRequest: 100ms}"))
            + Objects.Service("echo", ("127.0.0.1", upstream.Port)));
        RawResponse response = await router.GetAsync("/delay/60000");
        Assert.Equal(504, response.Status);
        Assert.Equal("upstream-timed-out", response["X-Serval-Reason"]);
    }

    [Fact]
    public async Task An_exchange_that_takes_too_long_as_a_whole_is_a_504()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("all", Objects.Rule("/", "echo", "    timeouts: {request: 100ms}"))
            + Objects.Service("echo", ("127.0.0.1", upstream.Port)));
        RawResponse response = await router.GetAsync("/delay/60000");
        Assert.Equal(504, response.Status);
        Assert.Equal("request-timed-out", response["X-Serval-Reason"]);
    }

    [Fact]
    public async Task A_response_that_breaks_off_is_not_made_to_look_whole()
    {
        await using ScriptedUpstream upstream =
            ScriptedUpstream.Saying("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
        await using RunningRouter router = await StartAsync(("127.0.0.1", upstream.Port));
        await using RawClient client = await RawClient.ConnectAsync(router.Port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: test.example\r\n\r\n");
        string text = Encoding.Latin1.GetString(await client.ReadToEndAsync());
        Assert.Contains("Content-Length: 100\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("only this", text, StringComparison.Ordinal);
        string metrics = await router.Admin.GetStringAsync(
            new Uri("/metrics", UriKind.Relative), Deadline.Token());
        Assert.Contains(
            "serval_exchanges_total{outcome=\"upstream-aborted\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains(
            "serval_exchanges_total{outcome=\"completed\"} 0\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunked_response_that_breaks_off_has_no_last_chunk()
    {
        await using ScriptedUpstream upstream =
            ScriptedUpstream.Saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n");
        await using RunningRouter router = await StartAsync(("127.0.0.1", upstream.Port));
        await using RawClient client = await RawClient.ConnectAsync(router.Port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: test.example\r\n\r\n");
        string text = Encoding.Latin1.GetString(await client.ReadToEndAsync());
        Assert.Contains("abcd", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\n0\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trailers_of_a_response_reach_a_client_that_takes_them()
    {
        await using ScriptedUpstream upstream = ScriptedUpstream.Saying(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
            + "2\r\nab\r\n0\r\nX-Sum: 42\r\n\r\n");
        await using RunningRouter router = await StartAsync(("127.0.0.1", upstream.Port));
        RawResponse response = await router.GetAsync(
            "/", "Host: test.example\r\nTE: trailers\r\nConnection: TE\r\n");
        Assert.Equal("ab", response.Text);
        Assert.Equal("X-Sum: 42\n", response.Trailers);
    }

    [Fact]
    public async Task A_head_that_never_ends_is_answered_408_and_closed()
    {
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("all", Objects.Rule("/", "echo")) + Objects.Service("echo"),
            "--request-head-timeout", "300ms");
        await using RawClient client = await RawClient.ConnectAsync(router.Port);
        Stopwatch taken = Stopwatch.StartNew();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: te");
        Assert.Equal(408, (await client.ReadAsync()).Status);
        Assert.Empty(await client.ReadToEndAsync());
        Assert.InRange(taken.ElapsedMilliseconds, 250, Deadline.Limit.TotalMilliseconds);
    }

    private static Task<RunningRouter> StartAsync(params (string Address, int Port)[] endpoints) =>
        RunningRouter.StartAsync(
            Objects.Route("all", Objects.Rule("/", "echo")) + Objects.Service("echo", endpoints));
}
