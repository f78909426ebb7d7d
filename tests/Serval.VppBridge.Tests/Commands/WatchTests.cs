using Grpc.Core;
using Serval.CommandLine.Vpp;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Serving;

namespace Serval.VppBridge.Tests.Commands;

public sealed class WatchTests
{
    [Theory]
    [InlineData("table", "  change-applied     acl/web  ")]
    [InlineData("json", "\"kind\": \"EVENT_KIND_CHANGE_APPLIED\", \"subject\": \"acl/web\"")]
    public async Task Events_come_a_line_each_until_a_signal_ends_them_well(string format, string expected)
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        using VppCommand events = VppCommand.Start(scene.Server, "vpp", "events", "-o", format);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Task<string?> line = events.ReadLineAsync(limit.Token).AsTask();

        // Nobody tells when it has begun to watch, so something happens until it has seen it.
        for (uint port = 1; !line.IsCompleted; port++)
        {
            Acl acl = Gateway.Acl("web", Gateway.Rule(AclAction.Permit, port: port));
            await scene.CallAsync("ApplyAcl", new ApplyAclRequest { Acl = acl }, ApplyAclResponse.Parser);
        }

        Assert.Contains(expected, await line, StringComparison.Ordinal);
        events.Terminate();
        CommandResult end = await events.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Errors));
    }

    [Fact]
    public async Task What_is_watched_ends_with_5_when_VPP_goes_away()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync(
            (options, _) => options with { Transport = VppTransportKind.Cli });
        using VppCommand stats = VppCommand.Start(
            scene.Server, "vpp", "stats", "--watch", "--interval", "1s");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        string? first = await stats.ReadLineAsync(limit.Token);
        if (first is not null)
            Assert.EndsWith("Z cli", first, StringComparison.Ordinal);
        scene.Vpp.Kill();
        CommandResult result = await stats.EndAsync();
        Assert.Equal(5, result.ExitCode);
    }

    [Theory]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.Unavailable)]
    public async Task However_a_stopped_call_ends_it_ends_well(StatusCode code)
    {
        using CancellationTokenSource stop = new();
        BrokenStream answers = new(code, stop.Cancel);
        List<int> told = [];
        await WatchFlags.TellAsync(answers, 0, told.Add, stop.Token);
        Assert.Equal([7], told);
    }

    [Theory]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.Unavailable)]
    public async Task A_fault_before_the_stop_is_told(StatusCode code)
    {
        BrokenStream answers = new(code, () => { });
        RpcException fault = await Assert.ThrowsAsync<RpcException>(
            () => WatchFlags.TellAsync(answers, 0, _ => { }, CancellationToken.None));
        Assert.Equal(code, fault.StatusCode);
    }

    /// <summary>Gives a 7; before it breaks with a status, something happens.</summary>
    private sealed class BrokenStream(StatusCode code, Action before) : IAsyncStreamReader<int>
    {
        public int Current { get; private set; }

        public Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (Current == 7)
            {
                before();
                throw new RpcException(new Status(code, "broken"));
            }
            Current = 7;
            return Task.FromResult(true);
        }
    }
}
