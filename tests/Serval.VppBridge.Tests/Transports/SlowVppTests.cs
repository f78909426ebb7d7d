using Serval.VppBridge.Api;
using Serval.VppBridge.Cli;
using Serval.VppBridge.Model;
using Serval.VppBridge.Tests.Simulation;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Tests.Transports;

/// <summary>VPP 26.06 took 4.8 s to bind 20,000 rules to its 270th interface; one that answers nothing is
/// given up after 5 s all the same.</summary>
public sealed class SlowVppTests
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task Changes_of_acls_may_take_long_and_looks_may_not(VppTransportKind kind)
    {
        var clock = new ManualTime();
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        await using IVppTransport transport = await ConnectAsync(vpp, kind, clock);
        vpp.AfterEach = _ => clock.Advance(Slow);
        vpp.BeforeAny = (_, isChange) =>
        {
            vpp.AfterEach = isChange ? _ => clock.Advance(Slow) : _ => { };
            return StepFault.None;
        };
        var acl = new Acl("web", [new AclRule(
            AclAction.Permit, IpPrefix.Any4, IpPrefix.Any4, 0, PortRange.All, PortRange.All, 0, 0)]);
        VppState seen = await transport.ObserveAsync([], false, CancellationToken.None);
        var indexes = new VppIndexes(seen);
        await transport.ApplyAsync(new VppChange.AddAcl(acl), indexes, CancellationToken.None);
        await transport.ApplyAsync(
            new VppChange.SetAclLists("host-va", [], [], ["web"], []), indexes, CancellationToken.None);
        await transport.ApplyAsync(
            new VppChange.ReplaceAcl(acl with { Rules = [.. acl.Rules, .. acl.Rules] }, acl.Rules), indexes,
            CancellationToken.None);
        Assert.Equal(2, vpp.State.Acls[0].Rules.Count);

        vpp.BeforeAny = (_, _) =>
        {
            vpp.AfterEach = _ => clock.Advance(Slow);
            return StepFault.None;
        };
        VppException e = await Assert.ThrowsAsync<VppException>(
            () => transport.ObserveAsync([], false, CancellationToken.None));
        Assert.Equal(VppFault.Away, e.Fault);
    }

    // The answer to the one call could come while the next one waits.
    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task A_connection_on_which_vpp_did_not_answer_in_time_is_closed(VppTransportKind kind)
    {
        StallClock clock = new();
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        await using IVppTransport transport = await ConnectAsync(vpp, kind, clock);
        vpp.Stalled = clock.Expire;
        vpp.BeforeAny = static (_, _) => StepFault.Stall;
        VppException late = await Assert.ThrowsAsync<VppException>(
            () => transport.ObserveAsync([], false, CancellationToken.None));
        Assert.Equal(VppFault.Away, late.Fault);
        Assert.Contains("in time", late.Message, StringComparison.Ordinal);
        Assert.True(transport.Closed.IsCompleted);

        vpp.BeforeAny = static (_, _) => StepFault.None;
        VppException next = await Assert.ThrowsAsync<VppException>(
            () => transport.ObserveAsync([], false, CancellationToken.None));
        Assert.Equal(VppFault.Away, next.Fault);
    }

    private static async Task<IVppTransport> ConnectAsync(
        SimulatedVpp vpp, VppTransportKind kind, TimeProvider clock)
    {
        var timer = new CallTimer(Limits.CallTimeout, clock);
        return kind == VppTransportKind.Api
            ? await ApiTransport.ConnectAsync(
                Path.Combine(vpp.Folder, "api.sock"), timer, CancellationToken.None)
            : await CliTransport.ConnectAsync(
                Path.Combine(vpp.Folder, "cli.sock"), allowKeys: false, timer, CancellationToken.None);
    }
}
