using System.Text.Json;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

/// <summary>The options that say whom to believe and what to tell.</summary>
public sealed class TrustedProxyTests
{
    private const string Claims = "Host: a.test\r\nX-Forwarded-For: 203.0.113.9\r\nX-Request-Id: theirs\r\n";

    [Theory]
    [InlineData(true, "127.0.0.0/8")]
    [InlineData(true, "192.0.2.0/24", "127.0.0.1")]
    [InlineData(false, "192.0.2.0/24", "::1")]
    public async Task Only_a_peer_in_a_trusted_network_is_believed(bool isBelieved, params string[] networks)
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await StartAsync(
            upstream, [.. networks.SelectMany(network => (string[])["--trusted-proxies", network])]);
        RawResponse answer = await router.GetAsync("/", Claims);
        using JsonDocument echo = JsonDocument.Parse(answer.Body);
        JsonElement headers = echo.RootElement.GetProperty("headers");
        Assert.Equal(
            isBelieved ? "203.0.113.9, 127.0.0.1" : "127.0.0.1",
            headers.GetProperty("x-forwarded-for").GetString());
        string? id = headers.GetProperty("x-request-id").GetString();
        Assert.Equal(isBelieved, id == "theirs");
        Assert.Contains($"\r\nX-Request-Id: {id}\r\n", answer.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_and_traces_can_be_turned_off()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await StartAsync(
            upstream, "--request-id", "off", "--traceparent", "keep");
        RawResponse answer = await router.GetAsync("/", "Host: a.test\r\ntraceparent: mine\r\n");
        using JsonDocument echo = JsonDocument.Parse(answer.Body);
        JsonElement headers = echo.RootElement.GetProperty("headers");
        Assert.False(headers.TryGetProperty("x-request-id", out _));
        Assert.Equal("mine", headers.GetProperty("traceparent").GetString());
        Assert.DoesNotContain("X-Request-Id", answer.Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--trusted-proxies: 10.0.0.0/33 is not a network", "--trusted-proxies", "10.0.0.0/33")]
    [InlineData("--trusted-proxies: proxy.test is not a network", "--trusted-proxies", "proxy.test")]
    [InlineData("--request-id", "--request-id", "maybe")]
    public async Task A_wrong_value_is_refused_at_the_start(string said, params string[] options)
    {
        (int exitCode, _, string errors) = await ServalProcess.RunAsync(
            ["router", "--state-dir", Path.GetTempPath(), .. options]);
        Assert.Equal(2, exitCode);
        Assert.Contains(said, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_networks_than_the_bound_are_refused()
    {
        string[] options =
        [
            .. Enumerable.Range(0, DataPlane.RouterOptions.TrustedProxiesMax + 1)
                .SelectMany(i => (string[])["--trusted-proxies", $"10.{i}.0.0/16"]),
        ];
        (int exitCode, _, string errors) = await ServalProcess.RunAsync(
            ["router", "--state-dir", Path.GetTempPath(), .. options]);
        Assert.Equal(2, exitCode);
        Assert.Contains("65 networks are too many; at most 64", errors, StringComparison.Ordinal);
    }

    private static Task<RunningRouter> StartAsync(EchoUpstream upstream, params string[] options) =>
        RunningRouter.StartAsync(
            Objects.Route("r", Objects.Rule("/", "up"))
            + Objects.Service("up", ("127.0.0.1", upstream.Port)), options);
}
