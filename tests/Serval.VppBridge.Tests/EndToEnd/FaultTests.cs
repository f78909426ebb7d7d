using System.Buffers.Binary;
using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.Simulation;
using static Serval.VppBridge.Tests.EndToEnd.Gateway;

namespace Serval.VppBridge.Tests.EndToEnd;

public sealed class FaultTests
{
    [Fact]
    public async Task Everything_is_put_back_after_vpp_restarts()
    {
        await using Gateway gateway = await StartAsync();
        await FillAsync(gateway);
        string before = gateway.Vpp.State.Describe();
        gateway.Vpp.Restart();
        await Eventually.BecomesAsync(() => IsConverged(gateway) && gateway.Vpp.State.Describe() == before);
    }

    [Fact]
    public async Task Everything_is_put_back_after_the_bridge_and_vpp_restart()
    {
        await using Gateway gateway = await StartAsync();
        await FillAsync(gateway);
        string before = gateway.Vpp.State.Describe();
        await gateway.StopBridgeAsync();
        gateway.Vpp.Restart();
        await gateway.StartBridgeAsync();
        Assert.Equal(before, gateway.Vpp.State.Describe());
        Change again = await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit, "10.1.0.0/24")));
        Assert.False(again.Changed);
    }

    [Theory]
    [InlineData(StepFault.KillBefore)]
    [InlineData(StepFault.KillAfter)]
    internal async Task A_vpp_that_dies_at_any_step_of_a_change_leaves_nothing_half_done(StepFault fault)
    {
        for (int at = 0; at < 6; at++)
        {
            await using Gateway gateway = await StartAsync();
            await FillAsync(gateway, withTunnel: false);
            string before = gateway.Vpp.State.Describe();
            int step = 0;
            gateway.Vpp.BeforeStep = _ => step++ == at ? fault : StepFault.None;
            await FailsAsync(StatusCode.Unavailable, () => TunnelTests.CreateAsync(gateway));
            gateway.Vpp.BeforeStep = _ => StepFault.None;
            gateway.Vpp.Restart();
            await Eventually.BecomesAsync(
                () => IsConverged(gateway) && gateway.Vpp.State.Describe() == before);
            await TunnelTests.CreateAsync(gateway);
            Assert.NotNull(gateway.Vpp.State.Find("wg0"));
        }
    }

    [Fact]
    public async Task A_change_that_vpp_refuses_half_way_is_taken_back_whole()
    {
        await using Gateway gateway = await StartAsync();
        await FillAsync(gateway, withTunnel: false);
        string before = gateway.Vpp.State.Describe();
        Tunnel tunnel = TunnelTests.Wanted();
        tunnel.Addresses[0] = "10.1.0.77/24";
        RpcException e = await FailsAsync(StatusCode.FailedPrecondition, () => gateway.CallAsync(
            "CreateTunnel", new CreateTunnelRequest { Tunnel = tunnel }, CreateTunnelResponse.Parser));
        Assert.Contains("as it was before", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, gateway.Vpp.State.Describe());
    }

    [Fact]
    public async Task Calls_while_vpp_is_away_say_since_when()
    {
        await using Gateway gateway = await StartAsync();
        gateway.Vpp.Kill();
        await Eventually.BecomesAsync(() => gateway.Host.Reconciler.Status.Transport is null);
        RpcException e = await FailsAsync(
            StatusCode.Unavailable, () => gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit))));
        Assert.Contains("VPP is away since 20", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drift_is_found_by_an_event_and_put_right()
    {
        await using Gateway gateway = await StartAsync();
        await FillAsync(gateway);
        string before = gateway.Vpp.State.Describe();
        lock (gateway.Vpp.Gate)
        {
            gateway.Vpp.State.Find("wg0")!.IsUp = false;
            gateway.Vpp.State.Peers.Clear();
        }

        await gateway.Vpp.SendEventAsync(SimulatedApi.InterfaceEvent(4, 0, isDeleted: false));
        await Eventually.BecomesAsync(() => gateway.Vpp.State.Describe() == before);
    }

    [Fact]
    public async Task Two_who_race_for_one_acl_end_with_one_of_their_lists()
    {
        await using Gateway gateway = await StartAsync();
        Change[] changes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            gateway.ApplyAsync(Acl("web", Rule(AclAction.Deny, $"10.{i}.0.0/16"), Rule(AclAction.Permit)))));
        Assert.All(changes, c => Assert.True(c.Changed));
        Assert.Equal(2, Assert.Single(gateway.Vpp.State.Acls.Values).Rules.Count);
    }

    [Fact]
    public async Task What_could_not_be_taken_away_is_kept_in_the_state_while_another_change_is_made()
    {
        await using Gateway gateway = await StartAsync();
        gateway.Vpp.BeforeRequest = (name, request) => name == "wireguard_interface_delete"
            && gateway.Vpp.State.Find("wg0") is { } left
            && BinaryPrimitives.ReadUInt32BigEndian(request.AsSpan(10)) == left.Index
                ? [SimulatedApi.Refusal(name, request)] : null;

        // The first one is the bridge's probe; the second is made, and the connection is lost.
        int madeCount = 0;
        gateway.Vpp.BeforeStep = step => step == "wireguard_interface_create" && ++madeCount == 2
            ? StepFault.ResetAfter : StepFault.None;
        await FailsAsync(StatusCode.Unavailable, () => TunnelTests.CreateAsync(gateway));
        await Eventually.BecomesAsync(() => gateway.Host.Reconciler.Status is { Transport: not null } status
            && status.Drift.Any(d => d.Contains("wg0", StringComparison.Ordinal)));

        // A bridge that dies in the middle of the next change must still know what it left behind.
        string kept = "";
        gateway.Vpp.BeforeStep = step =>
        {
            if (step == "acl_add_replace")
                kept = File.ReadAllText(Path.Combine(gateway.StateFolder, "desired.state"));
            return StepFault.None;
        };
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        Assert.Contains("site-b", kept, StringComparison.Ordinal);
    }

    private static bool IsConverged(Gateway gateway) =>
        gateway.Host.Reconciler.Status is { Transport: not null, IsConverged: true };

    private static async Task FillAsync(Gateway gateway, bool withTunnel = true)
    {
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit, "10.1.0.0/24")));
        await gateway.ApplyAsync(Acl("rest", Rule(AclAction.Deny)));
        await gateway.BindAsync("host-va", ["web", "rest"], ["rest"]);
        var nat = new SourceNat
        {
            InsideInterfaces = { "host-va" },
            OutsideInterfaces = { "host-vb" },
            Addresses = { "10.2.0.1" }
        };
        await gateway.CallAsync(
            "SetSourceNat", new SetSourceNatRequest { SourceNat = nat }, SetSourceNatResponse.Parser);
        if (withTunnel)
            await TunnelTests.CreateAsync(gateway);
    }
}
