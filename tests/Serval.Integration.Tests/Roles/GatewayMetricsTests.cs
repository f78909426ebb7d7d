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

    private static async Task<string> PushesAsync(GatewayMetrics metrics)
    {
        const string Series = "serval_gateway_pushes_total ";
        using MemoryStream page = new();
        await metrics.WriteAsync(page, MetricsFormat.Prometheus, CancellationToken.None);
        return Encoding.UTF8.GetString(page.ToArray()).Split('\n')
            .Single(line => line.StartsWith(Series, StringComparison.Ordinal))[Series.Length..];
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
