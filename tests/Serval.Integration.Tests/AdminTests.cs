using System.Globalization;
using System.Net;
using System.Text.Json;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class AdminTests(EchoScene scene) : IClassFixture<EchoScene>
{
    [Theory]
    [InlineData("/healthz", "ok\n")]
    [InlineData("/readyz", "ready\n")]
    public async Task Health_and_readiness_answer_200_once_a_configuration_is_live(string path, string text)
    {
        Assert.Equal(
            text, await scene.Router.Admin.GetStringAsync(new Uri(path, UriKind.Relative), Deadline.Token()));
    }

    [Fact]
    public async Task The_live_configuration_can_be_read()
    {
        string text = await scene.Router.Admin.GetStringAsync(
            new Uri("/config", UriKind.Relative), Deadline.Token());
        using JsonDocument config = JsonDocument.Parse(text);
        Assert.Equal("test/all", config.RootElement.GetProperty("routes")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Metrics_count_every_exchange_once_by_outcome_route_and_status()
    {
        await using RawClient client = await RawClient.ConnectAsync(scene.Port);
        string before = await SettledAsync(client);
        for (int i = 0; i < 5; i++) await AskAsync(client, "/bytes/1", 200);
        for (int i = 0; i < 2; i++) await AskAsync(client, "/status/404", 404);
        string after = await SettledAsync(client);
        Assert.Contains("# TYPE serval_exchanges_total counter\n", after, StringComparison.Ordinal);
        // Each of the two looks ends with a request of its own.
        Assert.Equal(5 + 2 + 1, Added("serval_exchanges_total{outcome=\"completed\"}"));
        Assert.Equal(5 + 1, Added("serval_route_requests_total{route=\"test/all\",code_class=\"2xx\"}"));
        Assert.Equal(2, Added("serval_route_requests_total{route=\"test/all\",code_class=\"4xx\"}"));
        Assert.Equal(0, Added("serval_exchanges_total{outcome=\"no-route\"}"));

        long Added(string series) => ValueOf(after, series) - ValueOf(before, series);
    }

    private static async Task AskAsync(RawClient client, string path, int status)
    {
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: test.example\r\n\r\n");
        Assert.Equal(status, (await client.ReadAsync()).Status);
    }

    // A record is written once the last byte has left, perhaps a moment after the client has it: the metrics
    // are read until no exchange is in progress, and then once more, because counters stand in front of the
    // gauge and were read before it.
    private async Task<string> SettledAsync(RawClient client)
    {
        await AskAsync(client, "/bytes/1", 200);
        CancellationToken deadline = Deadline.Token();
        for (bool wasIdle = false; ;)
        {
            string text = await scene.Router.Admin.GetStringAsync(
                new Uri("/metrics", UriKind.Relative), deadline);
            bool isBusy = text.Split('\n').Any(line =>
                line.StartsWith("serval_worker_exchanges{", StringComparison.Ordinal)
                && !line.EndsWith(" 0", StringComparison.Ordinal));
            if (wasIdle) return text;
            wasIdle = !isBusy;
        }
    }

    private static long ValueOf(string metrics, string series)
    {
        string? line = metrics.Split('\n').SingleOrDefault(
            line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.AsSpan(series.Length + 1), CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Explain_names_the_rule_and_what_the_upstream_receives()
    {
        string url = Uri.EscapeDataString($"http://test.example:{scene.Port}/a");
        string text = await scene.Router.Admin.GetStringAsync(
            new Uri($"/explain?method=GET&url={url}&h=X-A:1", UriKind.Relative), Deadline.Token());
        Assert.Contains("HTTPRoute test/all rule 0", text, StringComparison.Ordinal);
        Assert.Contains("X-A: 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{scene.Upstream.Port}", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/nope", 404)]
    [InlineData("GET", "/explain?url=", 400)]
    [InlineData("GET", "/reload", 405)]
    [InlineData("PUT", "/config", 405)]
    [InlineData("DELETE", "/healthz", 405)]
    public async Task What_is_not_there_is_refused_as_JSON(string method, string path, int status)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await scene.Router.Admin.SendAsync(request, Deadline.Token());
        Assert.Equal(status, (int)response.StatusCode);
        using JsonDocument error = JsonDocument.Parse(
            await response.Content.ReadAsStringAsync(Deadline.Token()));
        Assert.NotEmpty(error.RootElement.GetProperty("error").GetString()!);
    }

    [Theory]
    [InlineData("GET", "Host", "evil.example", 403)]
    [InlineData("POST", "Origin", "http://evil.example", 403)]
    [InlineData("POST", "Host", "localhost", 200)]
    [InlineData("POST", "Host", "[::1]:9901", 200)]
    public async Task A_web_page_cannot_reach_the_admin_API(
        string method, string name, string value, int status)
    {
        string path = method == "POST" ? "/reload" : "/healthz";
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        request.Headers.Add(name, value);
        using HttpResponseMessage response = await scene.Router.Admin.SendAsync(request, Deadline.Token());
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Without_a_configuration_the_router_is_alive_but_not_ready()
    {
        using Folder state = new();
        await using ServalProcess process = ServalProcess.Start(
            "router", "--admin", "127.0.0.1:0", "--workers", "1", "--state-dir", state.Root);
        using HttpClient admin = await RunningRouter.AdminOfAsync(process);
        foreach ((string path, HttpStatusCode status) in ((string, HttpStatusCode)[])
            [("/healthz", HttpStatusCode.OK), ("/readyz", HttpStatusCode.ServiceUnavailable),
                ("/config", HttpStatusCode.NotFound)])
        {
            using HttpResponseMessage response = await admin.GetAsync(
                new Uri(path, UriKind.Relative), Deadline.Token());
            Assert.Equal(status, response.StatusCode);
        }
    }
}
