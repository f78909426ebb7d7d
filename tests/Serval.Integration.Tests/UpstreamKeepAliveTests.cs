using System.Globalization;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

public sealed class UpstreamKeepAliveTests
{
    private const string Established = "01";
    private const string KeepAliveTimer = "02";

    [Fact]
    public async Task The_kernel_watches_idle_connections_to_endpoints()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("all", Objects.Rule("/", "echo"))
            + Objects.Service("echo", ("127.0.0.1", upstream.Port)));
        Assert.Equal(200, (await router.GetAsync("/")).Status);
        string[] timers = [.. TimersOfConnectionsTo(upstream.Port)];
        Assert.NotEmpty(timers);
        Assert.All(timers, timer => Assert.Equal(KeepAliveTimer, timer));
    }

    // proc(5), net/tcp: local and remote address in hexadecimal, state, queues, then the timer that runs.
    private static IEnumerable<string> TimersOfConnectionsTo(int port)
    {
        string remote = string.Create(CultureInfo.InvariantCulture, $"0100007F:{port:X4}");
        return File.ReadLines("/proc/net/tcp")
            .Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(row => row[2] == remote && row[3] == Established)
            .Select(row => row[5].Split(':')[0]);
    }
}
