using Grpc.Core;
using Serval.VppBridge.Tests.Interop;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.Simulation;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Serval.VppBridge.Tests.EndToEnd;

public sealed class StatsTests
{
    [Fact]
    public async Task Counters_come_from_the_stats_segment_with_matches_per_rule()
    {
        await using Gateway gateway = await Gateway.StartAsync();
        using var segment = new SimulatedStats(gateway.Vpp.Folder);
        segment.Write(
            ["local0", "host-va"], [[(0, 0), (7, 700)]], [0, 5],
            new() { [0] = [(2, 120), (7, 420), (7, 420)] });
        await gateway.ApplyAsync(Gateway.Acl("web", Gateway.Rule(AclAction.Permit)));
        gateway.Vpp.Kill();
        await Eventually.BecomesAsync(() => gateway.Host.Reconciler.Status.Transport is null);
        gateway.Vpp.Restart();
        GetStatsResponse stats = await UntilAsync(gateway, "stats segment", acls: 1);
        InterfaceStats va = stats.Interfaces.Single(i => i.Name == "host-va");
        Assert.Equal((7UL, 700UL, 5UL), (va.RxPackets, va.RxBytes, va.Drops));

        // VPP's vector has a place more than there are rules, and those of rules that went.
        Assert.Equal(("web", 120UL), (stats.Acls[0].Name, Assert.Single(stats.Acls[0].Rules).Bytes));
    }

    [Theory]
    [InlineData(VppTransportKind.Cli)]
    [InlineData(VppTransportKind.Api)]
    public async Task Where_vpp_does_not_count_matches_there_are_none_instead_of_zeros(
        VppTransportKind transport)
    {
        await using Gateway gateway = await Gateway.StartAsync(transport, boot: state =>
            state.CanCountMatches = false);
        using var segment = new SimulatedStats(gateway.Vpp.Folder);
        segment.Write(["local0", "host-va"], [[(0, 0), (7, 700)]], [0, 5], new() { [0] = [(0, 0), (0, 0)] });
        await gateway.ApplyAsync(Gateway.Acl("web", Gateway.Rule(AclAction.Permit)));
        gateway.Vpp.Kill();
        await Eventually.BecomesAsync(() => gateway.Host.Reconciler.Status.Transport is null);
        gateway.Vpp.Restart();
        GetStatsResponse stats = await UntilAsync(gateway, "stats segment", acls: 1);
        Assert.Empty(stats.Acls[0].Rules);
    }

    [Fact]
    public async Task Counters_fall_back_to_the_cli_and_can_be_watched()
    {
        await using Gateway gateway = await Gateway.StartAsync(VppTransportKind.Cli);
        await UntilAsync(gateway, "cli", acls: 0);
        var request = new WatchStatsRequest { Stats = new GetStatsRequest { Interfaces = { "host-va" } } };
        await foreach (GetStatsResponse response in gateway.Channel.StreamAsync(
            "/serval.vpp.v1.VppGateway/WatchStats", request, GetStatsResponse.Parser))
        {
            Assert.Equal("host-va", Assert.Single(response.Interfaces).Name);
            break;
        }

        await Gateway.FailsAsync(StatusCode.NotFound, () => gateway.CallAsync(
            "GetStats", new GetStatsRequest { Interfaces = { "nosuch" } }, GetStatsResponse.Parser));
    }

    [Fact]
    public async Task Windows_and_intervals_have_bounds()
    {
        await using Gateway gateway = await Gateway.StartAsync();
        foreach (double seconds in (double[])[0.999, 60.001])
        {
            var request = new GetStatsRequest
            {
                Window = Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds)),
            };
            await Gateway.FailsAsync(StatusCode.InvalidArgument, () => gateway.CallAsync(
                "GetStats", request, GetStatsResponse.Parser));
        }

        foreach (double seconds in (double[])[0.999, 3600.001])
        {
            var request = new WatchStatsRequest
            {
                Interval = Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds)),
            };
            await Gateway.FailsAsync(StatusCode.InvalidArgument, async () => await gateway.Channel
                .StreamAsync("/serval.vpp.v1.VppGateway/WatchStats", request, GetStatsResponse.Parser)
                .GetAsyncEnumerator().MoveNextAsync());
        }
    }

    // What was answered about all interfaces is kept until the next sample.
    [Fact]
    public async Task An_answer_is_for_the_window_that_is_asked_for_and_has_rules_where_they_are()
    {
        await using Gateway gateway = await Gateway.StartAsync(VppTransportKind.Cli);
        await gateway.ApplyAsync(Gateway.Acl("web", Gateway.Rule(AclAction.Permit)));
        await UntilAsync(gateway, "cli", acls: 1);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (WindowOf(await AskAsync(10, hasRules: false)) < TimeSpan.FromSeconds(2))
            limit.Token.ThrowIfCancellationRequested();
        GetStatsResponse narrow = await AskAsync(1, hasRules: false);
        Assert.InRange(WindowOf(narrow), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Empty(narrow.Acls);
        Assert.Equal("web", Assert.Single((await AskAsync(1, hasRules: true)).Acls).Name);

        static TimeSpan WindowOf(GetStatsResponse stats) =>
            stats.Interfaces[0].Rates.Window.ToTimeSpan();

        Task<GetStatsResponse> AskAsync(int seconds, bool hasRules) => gateway.CallAsync(
            "GetStats",
            new GetStatsRequest { Window = new() { Seconds = seconds }, AclRules = hasRules },
            GetStatsResponse.Parser);
    }

    [Fact]
    public async Task Watchers_that_left_make_room_for_others()
    {
        await using Gateway gateway = await Gateway.StartAsync();
        using CancellationTokenSource leave = new();
        Task[] watching = [.. Enumerable.Range(0, Limits.WatchersMax).Select(_ => WatchAsync(leave.Token))];
        Task all = Task.WhenAll(watching);
        await UntilToldAsync(gateway, all);
        await all;
        await Gateway.FailsAsync(
            StatusCode.ResourceExhausted, () => WatchAsync(CancellationToken.None));
        await leave.CancelAsync();
        await Eventually.BecomesAsync(async () =>
        {
            Task next = WatchAsync(CancellationToken.None);
            await UntilToldAsync(gateway, next);
            return next.IsCompletedSuccessfully;
        });

        // Until the first event; the stream goes on.
        async Task WatchAsync(CancellationToken cancel) => Assert.True(await gateway.Channel.StreamAsync(
            "/serval.vpp.v1.VppGateway/WatchEvents", new WatchEventsRequest(), Event.Parser, cancel)
            .GetAsyncEnumerator(CancellationToken.None).MoveNextAsync());
    }

    // Nobody says when a watcher has begun to watch: changes are made until all are told, or refused.
    private static async Task UntilToldAsync(Gateway gateway, Task told)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (uint port = 1; !told.IsCompleted; port = (port % 60_000) + 1)
        {
            limit.Token.ThrowIfCancellationRequested();
            await gateway.ApplyAsync(Gateway.Acl("web", Gateway.Rule(AclAction.Permit, port: port)));
        }
    }

    private static async Task<GetStatsResponse> UntilAsync(Gateway gateway, string source, int acls)
    {
        // What was read of a VPP that went is told until the next one is read.
        GetStatsResponse? stats = null;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (stats?.Source != source || stats.Acls.Count != acls)
        {
            Assert.False(
                limit.IsCancellationRequested, $"{source} with {acls} ACLs never came; last: {stats}");
            try
            {
                stats = await gateway.CallAsync(
                    "GetStats", new GetStatsRequest { AclRules = true }, GetStatsResponse.Parser);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
            {
                await Task.Yield();
            }
        }

        return stats;
    }
}
