using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.Api;
using Serval.VppBridge.Transports;
using static Serval.VppBridge.Tests.EndToEnd.Gateway;

namespace Serval.VppBridge.Tests.EndToEnd;

/// <summary>VPP accepts connections before it has run its start-up configuration, and that configuration can
/// refer to ACLs by number.</summary>
public sealed class RestartTests
{
    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task Nothing_is_made_before_the_start_up_configuration_has_run(VppTransportKind transport)
    {
        await using Gateway gateway = await StartAsync(transport, boot: state =>
        {
            // The operator's ACL 0, bound by its number.
            state.SetAcl(uint.MaxValue, "cli", [new Model.AclRule(
                Model.AclAction.Permit, Model.IpPrefix.Any4, Model.IpPrefix.Any4, 0, Model.PortRange.All,
                Model.PortRange.All, 0, 0)]);
            state.SetLists(2, [0], []);
        });
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Deny)));
        await gateway.BindAsync("host-va", ["web"], []);
        gateway.Vpp.IsStartupHeld = true;
        gateway.Vpp.Restart();
        gateway.Vpp.Steps.Clear();
        await Eventually.BecomesAsync(() => gateway.Host.Reconciler.Status is { Transport: not null } status
            && status.Drift.Any(d => d.Contains("start-up configuration", StringComparison.Ordinal)));
        Assert.False(gateway.Host.Reconciler.Status.IsConverged);
        await FailsAsync(
            StatusCode.Unavailable, () => gateway.ApplyAsync(Acl("more", Rule(AclAction.Deny))));
        Assert.Empty(gateway.Vpp.Steps);

        gateway.Vpp.RunStartup();
        await Eventually.BecomesAsync(() => gateway.Host.Reconciler.Status.IsConverged);
        Assert.Equal("cli", gateway.Vpp.State.Acls[gateway.Vpp.State.Lists[2].Inputs.Single()].Tag);
        Assert.Equal("serval:web", gateway.Vpp.State.Acls[gateway.Vpp.State.Lists[1].Inputs.Single()].Tag);
        Assert.True((await gateway.ApplyAsync(Acl("more", Rule(AclAction.Deny)))).Changed);
    }

    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task An_interface_that_comes_late_gets_its_lists_within_a_look(VppTransportKind transport)
    {
        await using Gateway gateway = await StartAsync(transport);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Deny)));
        await gateway.BindAsync("host-vw", ["web"], []);
        gateway.Vpp.Boot = state =>
        {
            state.Interfaces.Remove(3);
            state.Lists.Remove(3);
        };
        gateway.Vpp.Restart();
        await Eventually.BecomesAsync(() =>
            gateway.Host.Reconciler.Status is { Transport.Identity.Pid: 1001 } status
            && status.Drift.Any(d => d.Contains("no interface named 'host-vw'", StringComparison.Ordinal)));

        // Nobody tells the bridge of it; the look that comes each second finds it.
        lock (gateway.Vpp.Gate)
            gateway.Vpp.State.AddInterface("host-vw", 5, isUp: true, mtu: 9000);
        await Eventually.BecomesAsync(() => gateway.Host.Reconciler.Status.IsConverged);
        Assert.Single(gateway.Vpp.State.Lists[5].Inputs);
    }

    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task A_bound_interface_that_goes_away_ends_readiness(VppTransportKind transport)
    {
        await using Gateway gateway = await StartAsync(transport);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Deny)));
        await gateway.BindAsync("host-vw", ["web"], []);
        Assert.True(gateway.Host.Reconciler.Status.IsConverged);
        BlockedTests.Remove(gateway, "host-vw");
        await Eventually.BecomesAsync(() => !gateway.Host.Reconciler.Status.IsConverged);
    }

    [Theory]
    [InlineData("startup-config-process", "\"not started", 1, true)]
    [InlineData("startup-config-process", "done", 1, true)]
    [InlineData("startup-config-process", "\"time wait\"", 0, false)]
    [InlineData("startup-config-process", "any wait", 0, false)]
    [InlineData("rd-cp-process", "\"any wait\"", 0, true)]
    public void The_process_of_the_start_up_configuration_is_over_once_its_call_is(
        string name, string state, int calls, bool hasRun) =>
        Assert.Equal(hasRun, StartupText.HasRun(
            "Time 196.9, 10.0 sec\n   Name   State\n"
            + $"{name,-30} {state,-20} {calls,12} 0  1  1.60e4  0.00\n"));

    [SharedFact]
    public void The_recorded_vpp_had_run_its_start_up_configuration()
    {
        string text = File.ReadAllText(Path.Combine(SharedFiles.Folder!, "fixtures", "runtime.txt"));
        Assert.Contains("startup-config-process", text, StringComparison.Ordinal);
        Assert.True(StartupText.HasRun(text));
        string waits = text.Replace(
            "\"not started               1               0               1          1.60e4",
            "\"time wait\"               0               0               1          1.60e4",
            StringComparison.Ordinal);
        Assert.False(StartupText.HasRun(waits));
    }
}
