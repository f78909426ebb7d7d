using System.Text;
using Serval.CommandLine.Roles;
using Serval.Common.Monitoring;
using Serval.Control;
using Serval.Control.Publishing;

namespace Serval.Integration.Tests.Roles;

public sealed class GatewayMetricsTests
{
    [Fact]
    public async Task What_routers_counted_stays_in_the_sum_when_they_begin_anew_or_go()
    {
        RouterState[] routers = [];
        GatewayMetrics metrics = new(() => Of(routers));
        routers = [Of("a", 5), Of("b", 2)];
        Assert.Equal("7", await PushesAsync(metrics));
        routers = [Of("a", 6), Of("b", 2)];
        Assert.Equal("8", await PushesAsync(metrics));
        routers = [Of("a", 1), Of("b", 2)]; // a began anew
        Assert.Equal("9", await PushesAsync(metrics));
        routers = [Of("b", 3)];
        Assert.Equal("10", await PushesAsync(metrics));
        routers = [Of("a", 2), Of("b", 3)];
        Assert.Equal("12", await PushesAsync(metrics));
    }

    [Fact]
    public async Task Routers_are_counted_by_how_they_are()
    {
        RouterState[] routers =
        [
            Of("current", 1) with { Sequence = 5, LastPushMs = 20 },
            Of("away", 1) with { Sequence = 4, Failure = "refused" },
            Of("refusing", 1) with { Sequence = 4, RefusedSequence = 5, LastPushMs = 1_500 },
        ];
        routers[1] = routers[1] with { Endpoint = routers[1].Endpoint with { IsReady = false } };
        GatewayMetrics metrics = new(() => Of(routers) with { Sequence = 5 });
        foreach ((string name, string value) in ((string, string)[])
        [
            ("routers", "3"), ("routers_ready", "2"), ("routers_current", "1"), ("routers_failing", "1"),
            ("routers_refusing", "1"), ("push_seconds_max", "1.5"),
        ])
            Assert.Equal((name, value), (name, await ValueAsync(metrics, $"serval_gateway_{name}")));
        // Before the first snapshot there is none that a router could run.
        metrics = new(() => Of([Of("new", 0)]) with { Sequence = 0 });
        Assert.Equal("0", await ValueAsync(metrics, "serval_gateway_routers_current"));
    }

    private static Task<string> PushesAsync(GatewayMetrics metrics) =>
        ValueAsync(metrics, "serval_gateway_pushes_total");

    private static async Task<string> ValueAsync(GatewayMetrics metrics, string series)
    {
        using MemoryStream page = new();
        await metrics.WriteAsync(page, MetricsFormat.Prometheus, CancellationToken.None);
        return Encoding.UTF8.GetString(page.ToArray()).Split('\n')
            .Single(line => line.StartsWith($"{series} ", StringComparison.Ordinal))[(series.Length + 1)..];
    }

    private static RouterState Of(string name, long pushes) => new()
    {
        Endpoint = new RouterEndpoint(name, new Uri("http://127.0.0.1"), null, IsReady: true),
        Pushes = pushes,
    };

    private static GatewayView Of(RouterState[] routers) => new()
    {
        Identity = "gateway",
        IsLeader = true,
        Leader = "gateway",
        Epoch = 1,
        Generation = 1,
        Version = null,
        Sequence = 1,
        Fleet = new FleetState([.. routers]),
        SyncedWatches = 0,
        Watches = 0,
        Objects = 0,
        ReferencesLeftOut = 0,
        WatchFailures = 0,
        StatusWrites = 0,
        StatusFailures = 0,
        StatusWaiting = 0,
    };
}
