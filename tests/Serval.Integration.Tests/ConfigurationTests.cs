using System.Net;
using System.Net.Sockets;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class ConfigurationTests
{
    private const int Hangup = 1;
    private const string BadRule = "  - matches: [{path: {type: RegularExpression, value: \"(\"}}]";

    [Fact]
    public async Task A_change_of_a_file_is_followed_without_being_told()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(Serving("/a", upstream.Port));
        Assert.Equal(404, (await router.GetAsync("/b")).Status);
        string first = router.Process.LogText.Split('\n').Last(
            line => line.Contains("is live", StringComparison.Ordinal));
        router.Folder.Write("objects.yaml", Serving("/b", upstream.Port));
        string version = first.Split("Snapshot ")[1].Split(' ')[0];
        await router.Process.WaitForLineAsync($"Snapshot (?!{version}).* is live");
        Assert.Equal(200, (await router.GetAsync("/b")).Status);
        Assert.Equal(404, (await router.GetAsync("/a")).Status);
    }

    [Fact]
    public async Task Reloads_fail_no_request_and_close_no_connection()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(Marked(upstream.Port, "0"));
        using CancellationTokenSource stop = new();
        Task<int>[] clients = [AskUntilAsync(router.Port, stop.Token),
            AskUntilAsync(router.Port, stop.Token)];
        for (int i = 1; i <= 20; i++)
        {
            await router.ReplaceAsync(Marked(upstream.Port, $"{i}"));
            RawResponse response = await router.GetAsync("/");
            Assert.Equal($"{i}", response.Json.GetProperty("headers").GetProperty("x-mark").GetString());
        }
        await stop.CancelAsync();
        int[] counts = await Task.WhenAll(clients);
        Assert.All(counts, count => Assert.True(count > 0));
    }

    [Fact]
    public async Task Broken_YAML_keeps_what_was_live_and_is_named()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(Serving("/a", upstream.Port));
        await router.ReplaceAsync("kind: [unclosed\n");
        Assert.Equal(200, (await router.GetAsync("/a")).Status);
        await router.Process.WaitForLineAsync("error E[0-9]+ serval.*objects.yaml");
        await router.ReplaceAsync(Serving("/b", upstream.Port));
        Assert.Equal(200, (await router.GetAsync("/b")).Status);
    }

    [Fact]
    public async Task A_start_with_broken_files_serves_what_was_kept_until_they_are_repaired()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        using Folder state = new();
        await using RunningRouter first = await RunningRouter.StartAsync(
            Serving("/a", upstream.Port), "--state-dir", state.Root);
        Assert.Equal(200, (await first.GetAsync("/a")).Status);
        first.Process.Terminate();
        Assert.Equal(0, await first.Process.WaitForExitAsync());

        first.Folder.Write("objects.yaml", "kind: [unclosed\n");
        await using ServalProcess second = ServalProcess.Start(
            "run", first.Folder.Root, "--admin", "127.0.0.1:0", "--workers", "1", "--state-dir", state.Root);
        string kept = (await second.WaitForLineAsync(@"the last good configuration (\S+) is served"))
            .Groups[1].Value;
        await second.WaitForLineAsync($"Snapshot {kept} is live");
        Assert.Equal(200, (await first.GetAsync("/a")).Status);
        second.Signal(Hangup);
        await second.WaitForLineAsync($"SIGHUP: read again and refused; {kept} stays live, 1 errors");
        Assert.Equal(200, (await first.GetAsync("/a")).Status);
        first.Folder.Write("objects.yaml", Serving("/b", upstream.Port));
        await second.WaitForLineAsync($"Snapshot (?!{kept}).* is live");
        Assert.Equal(200, (await first.GetAsync("/b")).Status);
        Assert.Equal(404, (await first.GetAsync("/a")).Status);
    }

    [Fact]
    public async Task What_has_errors_is_served_but_not_kept()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        using Folder state = new();
        await using RunningRouter first = await RunningRouter.StartAsync(
            Serving("/a", upstream.Port), "--state-dir", state.Root);
        await first.ReplaceAsync(Serving("/b", upstream.Port) + Objects.Route("bad", BadRule));
        Assert.Equal(200, (await first.GetAsync("/b")).Status);
        first.Process.Terminate();
        Assert.Equal(0, await first.Process.WaitForExitAsync());

        await using ServalProcess second = ServalProcess.Start(
            "run", first.Folder.Root, "--admin", "127.0.0.1:0", "--workers", "1", "--state-dir", state.Root);
        await second.WaitForLineAsync("the last good configuration .* is served");
        await second.WaitForLineAsync("Snapshot .* is live");
        Assert.Equal(200, (await first.GetAsync("/a")).Status);
        Assert.Equal(404, (await first.GetAsync("/b")).Status);
    }

    [Fact]
    public async Task One_bad_route_does_not_stop_the_others()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(
            Serving("/a", upstream.Port)
            + Objects.Route("bad", BadRule));
        Assert.Equal(200, (await router.GetAsync("/a")).Status);
        await router.Process.WaitForLineAsync("error E[0-9]+ serval.*HTTPRoute test/bad");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_and_the_other_listeners_serve()
    {
        using TcpListener taken = new(IPAddress.IPv6Any, 0);
        taken.Server.DualMode = true;
        taken.Start();
        int takenPort = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(Serving("/a", upstream.Port));
        router.Folder.Write("gateway.yaml", Objects.Gateway(takenPort, router.Port));
        using HttpResponseMessage answer = await router.Admin.PostAsync("/reload", null, Deadline.Token());
        string text = await answer.Content.ReadAsStringAsync(Deadline.Token());
        Assert.Contains($":{takenPort}", text, StringComparison.Ordinal);
        Assert.Contains("EADDRINUSE", text, StringComparison.Ordinal);
        Assert.Equal(200, (await router.GetAsync("/a")).Status);
    }

    [Fact]
    public async Task A_listener_that_is_added_serves_and_one_that_is_removed_refuses()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(Serving("/a", upstream.Port));
        int second = Ports.Free();
        router.Folder.Write("gateway.yaml", Objects.Gateway(router.Port, second));
        await router.ReplaceAsync(Serving("/a", upstream.Port));
        Assert.Equal(200, (await RawClient.GetAsync(second, "/a")).Status);
        router.Folder.Write("gateway.yaml", Objects.Gateway(router.Port));
        await router.ReplaceAsync(Serving("/a", upstream.Port));
        await Assert.ThrowsAnyAsync<SocketException>(() => RawClient.ConnectAsync(second));
    }

    private static string Serving(string prefix, int port) =>
        Objects.Route("all", Objects.Rule(prefix, "echo")) + Objects.Service("echo", ("127.0.0.1", port));

    private static string Marked(int port, string mark) => Objects.Service("echo", ("127.0.0.1", port))
        + Objects.Route("all", Objects.Rule("/", "echo", $$$"""
                filters:
                - type: RequestHeaderModifier
                  requestHeaderModifier: {set: [{name: X-Mark, value: "{{{mark}}}"}]}
            """));

    private static async Task<int> AskUntilAsync(int port, CancellationToken stop)
    {
        await using RawClient client = await RawClient.ConnectAsync(port);
        int count = 0;
        while (!stop.IsCancellationRequested)
        {
            await client.SendAsync("GET /bytes/100 HTTP/1.1\r\nHost: test.example\r\n\r\n");
            RawResponse response = await client.ReadAsync();
            Assert.Equal(200, response.Status);
            Assert.Equal(100, response.Body.Length);
            count++;
        }
        return count;
    }
}
