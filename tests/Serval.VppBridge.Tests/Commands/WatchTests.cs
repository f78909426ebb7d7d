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
        Assert.Equal(0, (await events.EndAsync()).ExitCode);
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
}
