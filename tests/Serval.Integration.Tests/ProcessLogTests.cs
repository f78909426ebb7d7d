using System.Text.Json;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class ProcessLogTests
{
    private static readonly string Route = Objects.Route("r", Objects.Rule("/", "s"));

    [Fact]
    public async Task The_log_says_what_is_served_where_and_then_what_changes()
    {
        await using RunningRouter router = await RunningRouter.StartAsync(
            Route + Objects.Service("s", ("127.0.0.1", 1), ("127.0.0.1", 2)));
        await router.Process.WaitForLineAsync(
            @"info E1002 Serval\.DataPlane: Snapshot .* is live: 1 listener, 1 route, 1 cluster, "
            + "2 endpoints$");
        await router.Process.WaitForLineAsync($@"listener test/edge/p{router.Port} is on \*:{router.Port}$");
        await router.ReplaceAsync(Route + Objects.Service("s", ("127.0.0.1", 1)));
        await router.Process.WaitForLineAsync("is live: test/s:80: 2 → 1 endpoint ready$");
        await router.ReplaceAsync(Route + Objects.Route("q", Objects.Rule("/q", "s"))
            + Objects.Service("s", ("127.0.0.1", 1)));
        await router.Process.WaitForLineAsync(@"is live: \+1 −0 routes$");
    }

    [Fact]
    public async Task Reading_the_same_again_says_nothing_and_applies_nothing()
    {
        string objects = Route + Objects.Service("s", ("127.0.0.1", 1));
        await using RunningRouter router = await RunningRouter.StartAsync(objects);
        await router.Process.WaitForLineAsync("listener .* is on ");
        string before = router.Process.LogText;
        await router.ReplaceAsync("# a comment\n---\n" + objects);
        string metrics = await router.Admin.GetStringAsync(
            new Uri("/metrics", UriKind.Relative), Deadline.Token());
        Assert.Contains("serval_snapshots_applied_total 1\n", metrics, StringComparison.Ordinal);
        Assert.Equal(before, router.Process.LogText);
    }

    [Fact]
    public async Task The_log_can_be_JSON_and_takes_a_level()
    {
        using Folder folder = new();
        folder.Write("a.yaml", Objects.Gateway(Ports.Free()) + Objects.Route("r", Objects.Rule("/", "gone")));
        await using ServalProcess process = ServalProcess.Start(
            "run", folder.Root, "--admin", "127.0.0.1:0", "--log-format", "json", "--log-level", "WARNING");
        await process.WaitForLineAsync("\"level\":\"error\".*gone");
        process.Terminate();
        Assert.Equal(0, await process.WaitForExitAsync());
        foreach (string line in process.LogText.Split('\n'))
        {
            using JsonDocument entry = JsonDocument.Parse(line);
            Assert.Matches("^E[0-9]+$", entry.RootElement.GetProperty("event").GetString());
            Assert.NotEqual("info", entry.RootElement.GetProperty("level").GetString());
        }
    }

    [Fact]
    public async Task The_level_stands_once_on_a_line()
    {
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("r", Objects.Rule("/", "gone")));
        string line = (await router.Process.WaitForLineAsync("^.*HTTPRoute test/r.*$")).Value;
        Assert.Single(line.Split(' '), word => word.StartsWith("error", StringComparison.Ordinal));
    }
}
