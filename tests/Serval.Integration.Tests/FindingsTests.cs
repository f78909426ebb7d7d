using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

/// <summary>What is wrong with the configuration is shown until it no longer is.</summary>
public sealed class FindingsTests
{
    [Fact]
    public async Task Errors_in_files_stay_findings_until_the_files_are_mended()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        string good = Objects.Route("all", Objects.Rule("/", "echo"))
            + Objects.Service("echo", ("127.0.0.1", upstream.Port));
        await using RunningRouter router = await RunningRouter.StartAsync(good);
        Assert.Equal("no findings\n", await router.Admin.GetStringAsync(Findings, Deadline.Token()));
        Assert.Equal(1, await LoadedAsync(router));

        await router.ReplaceAsync(good.Replace("{name: echo, port: 80}", "{name: ecko, port: 80}",
            StringComparison.Ordinal));
        string text = await router.Admin.GetStringAsync(Findings, Deadline.Token());
        Assert.Contains("HTTPRoute test/all", text, StringComparison.Ordinal);
        Assert.Contains("ecko", text, StringComparison.Ordinal);

        await router.ReplaceAsync(good);
        await router.ReplaceAsync("kind: [unclosed\n");
        Assert.Equal(0, await LoadedAsync(router));
        Assert.Equal(1, await MetricAsync(router.Admin, "serval_findings{severity=\"error\"}"));
        using HttpRequestMessage request = new(HttpMethod.Get, Findings);
        request.Headers.Add("Accept", "application/json");
        using HttpResponseMessage answer = await router.Admin.SendAsync(request, Deadline.Token());
        using JsonDocument json = JsonDocument.Parse(
            await answer.Content.ReadAsStringAsync(Deadline.Token()));
        Assert.Contains("objects.yaml", json.RootElement.GetProperty("findings")[0].GetRawText(),
            StringComparison.Ordinal);

        await router.ReplaceAsync(good);
        Assert.Equal("no findings\n", await router.Admin.GetStringAsync(Findings, Deadline.Token()));
        Assert.Equal(1, await LoadedAsync(router));
        Assert.Equal(0, await MetricAsync(router.Admin, "serval_findings{severity=\"error\"}"));
    }

    [Fact]
    public async Task A_listener_whose_port_is_taken_is_down_and_a_finding_until_it_can_listen()
    {
        using Folder folder = new();
        using TcpListener holder = new(IPAddress.Any, 0);
        holder.Start();
        int taken = ((IPEndPoint)holder.LocalEndpoint).Port;
        folder.Write("gateway.yaml", Objects.Gateway(taken, Ports.Free()));
        await using ServalProcess process = ServalProcess.Start(
            ["run", folder.Root, "--admin", "127.0.0.1:0", "--workers", "1"]);
        using HttpClient admin = await RunningRouter.AdminOfAsync(process);
        await process.WaitForLineAsync("Snapshot .* is live");
        string up = $"serval_listener_up{{listener=\"test/edge/p{taken}\"}}";
        Assert.Equal(0, await MetricAsync(admin, up));
        Assert.Contains("AddressNotUsable", await admin.GetStringAsync(Findings, Deadline.Token()),
            StringComparison.Ordinal);
        holder.Stop();
        await process.WaitForLineAsync($"Listening on .*:{taken}");
        Assert.Equal(1, await MetricAsync(admin, up));
        Assert.DoesNotContain("AddressNotUsable", await admin.GetStringAsync(Findings, Deadline.Token()),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_may_open_few_files_says_so()
    {
        using Folder folder = new();
        folder.Write("gateway.yaml", Objects.Gateway(Ports.Free()));
        await using ServalProcess process = ServalProcess.StartLimited(
            "--nofile=1024:1024", "run", folder.Root, "--admin", "127.0.0.1:0", "--workers", "1");
        using HttpClient admin = await RunningRouter.AdminOfAsync(process);
        await process.WaitForLineAsync("warning E105 .*holds 1024 connections.*LimitNOFILE");
        Assert.Contains("(FewDescriptors)", await admin.GetStringAsync(Findings, Deadline.Token()),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_where_no_state_can_be_kept_is_a_finding_from_the_start()
    {
        using Folder folder = new();
        folder.Write("file", "");
        string path = Path.Combine(folder.Root, "file", "state");
        await using ServalProcess process = ServalProcess.Start(
            "router", "--state-dir", path, "--admin", "127.0.0.1:0", "--workers", "1");
        using HttpClient admin = await RunningRouter.AdminOfAsync(process);
        Assert.Contains($"No configuration can be kept in {path}",
            await admin.GetStringAsync(Findings, Deadline.Token()), StringComparison.Ordinal);
    }

    private static Uri Findings { get; } = new("/findings", UriKind.Relative);

    private static Task<double> LoadedAsync(RunningRouter router) =>
        MetricAsync(router.Admin, "serval_config_last_load_successful");

    private static async Task<double> MetricAsync(HttpClient admin, string series)
    {
        string page = await admin.GetStringAsync(new Uri("/metrics", UriKind.Relative), Deadline.Token());
        string line = page.Split('\n').Single(
            line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(series.Length + 1), CultureInfo.InvariantCulture);
    }
}
