using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.Serving;

public sealed class SourceNatTests
{
    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task A_tunnel_leads_out_by_its_name_and_does_so_again_after_a_restart(
        VppTransportKind transport)
    {
        await using BridgeScene scene = await BridgeScene.StartAsync(
            (options, _) => options with { Transport = transport, AllowKeysOverCli = true });
        await scene.CreateTunnelAsync();
        Change change = await scene.SetNatAsync(["host-va"], ["tunnel:site-b"]);
        Assert.Contains("add wg0 as outside of NAT44", change.Steps);
        Assert.False((await scene.SetNatAsync(["host-va"], ["tunnel:site-b"])).Changed);
        GetSourceNatResponse got = await scene.CallAsync(
            "GetSourceNat", new GetSourceNatRequest(), GetSourceNatResponse.Parser);
        Assert.Equal(["tunnel:site-b"], got.SourceNat.OutsideInterfaces);
        Assert.Equal(["inside host-va", "outside wg0"], Placed(scene));

        scene.Vpp.Restart();
        await Eventually.BecomesAsync(
            () => Placed(scene).Length == 2 && scene.Host.Reconciler.Status.IsConverged);
        Assert.Equal(["inside host-va", "outside wg0"], Placed(scene));
    }

    [Fact]
    public async Task A_tunnel_is_kept_while_nat_names_it_and_released_with_it()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        await scene.CreateTunnelAsync();
        await scene.SetNatAsync(["host-va"], ["tunnel:site-b"]);
        var delete = new DeleteTunnelRequest { Name = "site-b" };
        RpcException e = await Gateway.FailsAsync(
            StatusCode.FailedPrecondition,
            () => scene.CallAsync("DeleteTunnel", delete, DeleteTunnelResponse.Parser));
        Assert.Contains("SetSourceNat", e.Message, StringComparison.Ordinal);

        // The other name of the same interface is no change for VPP.
        Assert.Empty((await scene.SetNatAsync(["host-va"], ["wg0"])).Steps);
        await Gateway.FailsAsync(
            StatusCode.FailedPrecondition,
            () => scene.CallAsync("DeleteTunnel", delete, DeleteTunnelResponse.Parser));
        await scene.SetNatAsync(["host-va"], ["tunnel:site-b"]);
        Change moved = await scene.SetNatAsync(["host-va"], ["host-vb"]);
        Assert.Contains("remove wg0 as outside of NAT44", moved.Steps);
        Assert.Equal(["inside host-va", "outside host-vb"], Placed(scene));
        await scene.CallAsync("DeleteTunnel", delete, DeleteTunnelResponse.Parser);
    }

    [Fact]
    public async Task What_is_no_tunnel_or_two_names_of_one_is_refused()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        await scene.CreateTunnelAsync();
        RpcException missing = await Gateway.FailsAsync(
            StatusCode.NotFound, () => scene.SetNatAsync(["host-va"], ["tunnel:site-x"]));
        Assert.Contains("tunnel:site-x", missing.Message, StringComparison.Ordinal);
        RpcException twice = await Gateway.FailsAsync(
            StatusCode.InvalidArgument, () => scene.SetNatAsync(["wg0"], ["tunnel:site-b"]));
        Assert.Contains("one interface", twice.Message, StringComparison.Ordinal);
        await Gateway.FailsAsync(
            StatusCode.InvalidArgument, () => scene.SetNatAsync(["host-va"], ["tunnel:Site B"]));
        Assert.Empty(Placed(scene));
    }

    [Fact]
    public async Task Somebody_elses_interface_of_that_name_gets_neither_nat_nor_acls()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        await scene.CreateTunnelAsync();
        await scene.SetNatAsync(["host-va"], ["tunnel:site-b"]);
        await scene.CallAsync(
            "ApplyAcl", new ApplyAclRequest { Acl = Gateway.Acl("web", Gateway.Rule(AclAction.Permit)) },
            ApplyAclResponse.Parser);
        var bind = new BindAclsRequest { Interface = "tunnel:site-b", InputAcls = { "web" } };
        await scene.CallAsync("BindAcls", bind, BindAclsResponse.Parser);

        // Somebody puts a wg0 of their own in place of ours.
        lock (scene.Vpp.Gate)
        {
            scene.Vpp.State.DeleteTunnel(scene.Vpp.State.Find("wg0")!.Index);
            scene.Vpp.State.NatInterfaces.Clear();
            scene.Vpp.State.CreateTunnel(0, 7, System.Net.IPAddress.Loopback, PrivateKey.Generate());
        }

        await scene.Vpp.SendEventAsync(SimulatedApi.InterfaceEvent(1, 3, isDeleted: false));
        await Eventually.BecomesAsync(() => scene.Host.Reconciler.Status.Drift.Any(
            d => d.Contains("source NAT: tunnel:site-b is not ours", StringComparison.Ordinal)));
        await Eventually.BecomesAsync(() => Placed(scene) is ["inside host-va"]);
        lock (scene.Vpp.Gate)
            Assert.Empty(scene.Vpp.State.Lists[scene.Vpp.State.Find("wg0")!.Index].Inputs);
    }

    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task What_vpp_had_before_stays_when_ours_is_cleared(VppTransportKind transport)
    {
        await using BridgeScene scene = await BridgeScene.StartAsync(
            (options, _) => options with { Transport = transport });
        scene.Vpp.Boot = state =>
        {
            state.EnableNat(4096);
            state.NatAddresses.Add(System.Net.IPAddress.Parse("192.0.2.10"));
            state.NatInterfaces.Add((1, true));
        };
        for (int round = 0; round < 2; round++)
        {
            // The first time it is asked for after it was there, the second time before.
            scene.Vpp.Restart();
            await Eventually.BecomesAsync(() =>
                scene.Host.Reconciler.Status is { IsConverged: true, Transport.Identity.Pid: var pid }
                    && pid == 1001 + round);
            await scene.SetNatAsync(["host-va"], ["host-vb"]);
        }

        Assert.Equal(["inside host-va", "outside host-vb"], Placed(scene));
        await scene.CallAsync("SetSourceNat", new SetSourceNatRequest(), SetSourceNatResponse.Parser);
        Assert.Equal(["inside host-va"], Placed(scene));
        Assert.Equal("192.0.2.10", Assert.Single(scene.Vpp.State.NatAddresses).ToString());
    }

    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task The_sessions_that_vpp_has_are_shown_and_others_are_refused(VppTransportKind transport)
    {
        await using BridgeScene scene = await BridgeScene.StartAsync(
            (options, _) => options with { Transport = transport });
        lock (scene.Vpp.Gate)
            scene.Vpp.State.EnableNat(4096);
        RpcException e = await Gateway.FailsAsync(
            StatusCode.FailedPrecondition, () => SetAsync(scene, 8192));
        Assert.Contains("sessions_max is 4096 in VPP", e.Message, StringComparison.Ordinal);
        Assert.Empty(Placed(scene));
        await SetAsync(scene, 0);
        Assert.Equal(4096u, await ShownAsync(scene));
        await SetAsync(scene, 4096);
        Assert.Equal(4096u, await ShownAsync(scene));

        // VPP starts anew with another number: what was asked for is not in force, and that is told.
        scene.Vpp.Boot = state => state.EnableNat(1024);
        scene.Vpp.Restart();
        await Eventually.BecomesAsync(() => scene.Host.Reconciler.Status.Drift.Any(
            d => d.Contains("sessions_max is 1024 in VPP", StringComparison.Ordinal)));
        await Eventually.BecomesAsync(() => Placed(scene) is ["inside host-va", "outside host-vb"]);
        Assert.Equal(1024u, await ShownAsync(scene));
        await SetAsync(scene, 0);
        Assert.True(scene.Host.Reconciler.Status.IsConverged);
    }

    private static Task SetAsync(BridgeScene scene, uint sessionsMax)
    {
        var nat = new SourceNat
        {
            InsideInterfaces = { "host-va" },
            OutsideInterfaces = { "host-vb" },
            Addresses = { "192.0.2.10" },
            SessionsMax = sessionsMax,
        };
        return scene.CallAsync(
            "SetSourceNat", new SetSourceNatRequest { SourceNat = nat }, SetSourceNatResponse.Parser);
    }

    private static async Task<uint> ShownAsync(BridgeScene scene) => (await scene.CallAsync(
        "GetSourceNat", new GetSourceNatRequest(), GetSourceNatResponse.Parser)).SourceNat.SessionsMax;

    private static string[] Placed(BridgeScene scene)
    {
        lock (scene.Vpp.Gate)
        {
            return [.. scene.Vpp.State.NatInterfaces
                .Select(n => (n.IsInside ? "inside " : "outside ") + scene.Vpp.State.Interfaces[n.Index].Name)
                .Order(StringComparer.Ordinal)];
        }
    }
}
