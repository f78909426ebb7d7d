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
    public async Task Metrics_count_exchanges()
    {
        await using RawClient client = await RawClient.ConnectAsync(scene.Port);
        for (int i = 0; i < 2; i++)
        {
            // A record is written after the last byte has left, and before the connection's next exchange.
            await client.SendAsync("GET /bytes/1 HTTP/1.1\r\nHost: test.example\r\n\r\n");
            await client.ReadAsync();
        }
        string text = await scene.Router.Admin.GetStringAsync(
            new Uri("/metrics", UriKind.Relative), Deadline.Token());
        Assert.Contains("# TYPE serval_exchanges_total counter\n", text, StringComparison.Ordinal);
        Assert.Matches("serval_exchanges_total\\{outcome=\"completed\"\\} [1-9]", text);
        Assert.Matches("serval_route_requests_total\\{route=\"test/all\",status=\"2xx\"\\} [1-9]", text);
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
