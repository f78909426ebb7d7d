using System.Net;
using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Tests.Simulation;
using static Serval.VppBridge.Tests.EndToEnd.Gateway;

namespace Serval.VppBridge.Tests.EndToEnd;

/// <summary>What cannot be enforced is refused, and what has nothing to do with it goes on.</summary>
public sealed class BlockedTests
{
    private const string OtherKey = "b9l6sbVRFMmN3bSbIwuXZ0w2GGfaJN3c7Eoz2gDOBlk=";

    [Fact]
    public async Task Lists_beside_an_acl_of_others_are_refused_whatever_they_are()
    {
        await using Gateway gateway = await StartBoundAsync();
        Spoil(gateway, gateway.Vpp.State.Find("host-va")!.Index);
        foreach (string[] inputs in (string[][])[["rest"], ["web", "rest"], ["web"], []])
        {
            RpcException e = await FailsAsync(
                StatusCode.FailedPrecondition, () => gateway.BindAsync("host-va", inputs, []));
            Assert.Contains("not ours", e.Message, StringComparison.Ordinal);
        }

        // Another interface and other ACLs are not its business.
        Assert.True((await gateway.BindAsync("host-vb", ["rest"], [])).Changed);
        Assert.True((await gateway.ApplyAsync(Acl("more", Rule(AclAction.Deny)))).Changed);
        Assert.False(gateway.Host.Reconciler.Status.IsConverged);
    }

    [Fact]
    public async Task A_peer_of_a_tunnel_that_is_not_ours_in_vpp_is_refused()
    {
        await using Gateway gateway = await StartAsync();
        await TunnelTests.CreateAsync(gateway);
        lock (gateway.Vpp.Gate)
        {
            gateway.Vpp.State.DeleteTunnel(gateway.Vpp.State.Find("wg0")!.Index);
            gateway.Vpp.State.CreateTunnel(0, 7, IPAddress.Loopback, PrivateKey.Generate());
        }

        await FailsAsync(StatusCode.FailedPrecondition, () => AddPeerAsync(gateway));
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        await FailsAsync(
            StatusCode.FailedPrecondition, () => gateway.BindAsync("tunnel:site-b", ["web"], []));
        Assert.Empty(gateway.Vpp.State.Peers);
    }

    [Fact]
    public async Task A_peer_of_a_tunnel_whose_acls_cannot_be_bound_is_refused_while_the_tunnel_is_shut()
    {
        await using Gateway gateway = await StartAsync();
        await TunnelTests.CreateAsync(gateway);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        await gateway.BindAsync("tunnel:site-b", ["web"], []);
        SimulatedInterface tunnel = gateway.Vpp.State.Find("wg0")!;
        Spoil(gateway, tunnel.Index);
        lock (gateway.Vpp.Gate)
            tunnel.IsUp = false;
        RpcException e = await FailsAsync(
            StatusCode.FailedPrecondition, () => AddPeerAsync(gateway));
        Assert.Contains("before its ACLs are bound", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lists_of_an_interface_that_is_gone_can_be_given_up()
    {
        await using Gateway gateway = await StartBoundAsync();
        Remove(gateway, "host-va");
        await gateway.Vpp.SendEventAsync(SimulatedApi.InterfaceEvent(1, 0, isDeleted: true));
        await Eventually.BecomesAsync(() => !gateway.Host.Reconciler.Status.IsConverged);
        Assert.True((await gateway.BindAsync("host-va", [], [])).Changed);
        Assert.True(gateway.Host.Reconciler.Status.IsConverged);
    }

    [Fact]
    public async Task An_object_that_cannot_be_repaired_does_not_keep_others_from_changing()
    {
        await using Gateway gateway = await StartBoundAsync();
        await TunnelTests.CreateAsync(gateway);

        // Somebody gave the tunnel's peer to a tunnel of theirs: ours can never be put back.
        lock (gateway.Vpp.Gate)
        {
            (_, uint theirs) = gateway.Vpp.State.CreateTunnel(
                9, 9, IPAddress.Loopback, PrivateKey.Generate());
            Model.TunnelPeer peer = gateway.Vpp.State.Peers.Values.Single().Peer;
            gateway.Vpp.State.Peers.Clear();
            gateway.Vpp.State.AddPeer(theirs, peer);
        }

        Assert.True((await gateway.ApplyAsync(Acl("web", Rule(AclAction.Deny)))).Changed);
        Assert.Equal(
            ["set ACLs of host-vb: input [web], output []"],
            (await gateway.BindAsync("host-vb", ["web"], [])).Steps);
        var nat = new SourceNat
        {
            InsideInterfaces = { "host-va" },
            OutsideInterfaces = { "host-vb" },
            Addresses = { "10.2.0.1" },
        };
        await gateway.CallAsync(
            "SetSourceNat", new SetSourceNatRequest { SourceNat = nat }, SetSourceNatResponse.Parser);
        await FailsAsync(StatusCode.FailedPrecondition, () => AddPeerAsync(gateway));
        Assert.False(gateway.Host.Reconciler.Status.IsConverged);
        Assert.Contains(
            gateway.Host.Reconciler.Status.Drift, d => d.Contains("add peer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dry_run_changes_nothing_while_leftovers_wait()
    {
        await using Gateway gateway = await StartAsync(change: WithoutLooks);
        await gateway.Host.Reconciler.RequireTransport().CheckTunnelsAsync(CancellationToken.None);
        gateway.Vpp.BeforeStep = step => step is "sw_interface_set_flags" or "wireguard_interface_delete"
            ? StepFault.Refuse : StepFault.None;
        await FailsAsync(StatusCode.FailedPrecondition, () => TunnelTests.CreateAsync(gateway));
        gateway.Vpp.BeforeStep = _ => StepFault.None;
        Assert.NotNull(gateway.Vpp.State.Find("wg0"));
        string before = gateway.Vpp.State.Describe();
        gateway.Vpp.Steps.Clear();
        Assert.True((await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)), dryRun: true)).Changed);
        Assert.Empty(gateway.Vpp.Steps);
        Assert.Equal(before, gateway.Vpp.State.Describe());

        // The change itself takes the leftover away.
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        Assert.Null(gateway.Vpp.State.Find("wg0"));
    }

    [Fact]
    public async Task A_dry_run_of_a_tunnel_does_not_even_try_wireguard()
    {
        await using Gateway gateway = await StartAsync();
        var create = new CreateTunnelRequest { Tunnel = TunnelTests.Wanted(), DryRun = true };
        await gateway.CallAsync("CreateTunnel", create, CreateTunnelResponse.Parser);
        Assert.Empty(gateway.Vpp.Steps);
    }

    [Fact]
    public async Task An_interface_that_comes_back_anew_in_the_middle_of_a_change_gets_its_lists()
    {
        await using Gateway gateway = await StartBoundAsync(WithoutLooks);
        bool isDone = false;
        gateway.Vpp.BeforeAny = (name, _) =>
        {
            // Between the steps and the look that checks them.
            if (name == "acl_interface_set_acl_list")
                isDone = true;
            else if (isDone && name == "sw_interface_dump")
            {
                isDone = false;
                gateway.Vpp.BeforeAny = (_, _) => StepFault.None;
                Model.IpPrefix address = gateway.Vpp.State.Find("host-vb")!.Addresses[0];
                gateway.Vpp.State.Interfaces.Remove(2);
                gateway.Vpp.State.Lists.Remove(2);
                gateway.Vpp.State.AddInterface("host-vb", 8, isUp: true, mtu: 9000).Addresses.Add(address);
            }

            return StepFault.None;
        };
        Assert.True((await gateway.BindAsync("host-vb", ["web"], [])).Changed);
        Assert.Single(gateway.Vpp.State.Lists[8].Inputs);
    }

    [Fact]
    public async Task Planning_again_has_an_end()
    {
        await using Gateway gateway = await StartBoundAsync(WithoutLooks);
        gateway.Vpp.BeforeAny = (name, _) =>
        {
            // Somebody takes away what we bind, each time.
            if (name == "sw_interface_dump")
                gateway.Vpp.State.SetLists(2, [], []);
            return StepFault.None;
        };
        gateway.Vpp.Steps.Clear();
        await FailsAsync(StatusCode.Aborted, () => gateway.BindAsync("host-vb", ["web"], []));
        Assert.Equal(
            Limits.PlanRoundsMax, gateway.Vpp.Steps.Count(s => s == "acl_interface_set_acl_list"));
    }

    [Fact]
    public async Task An_acl_of_ours_that_somebody_bound_elsewhere_is_told()
    {
        await using Gateway gateway = await StartBoundAsync();
        lock (gateway.Vpp.Gate)
            gateway.Vpp.State.SetLists(3, [gateway.Vpp.State.Acls.Values.First().Index], []);
        await Eventually.BecomesAsync(() => gateway.Host.Reconciler.Status.Drift.Any(
            d => d.Contains("host-vw, and not by us", StringComparison.Ordinal)));
        Assert.Single(gateway.Vpp.State.Lists[3].Inputs);
        Assert.True((await gateway.ApplyAsync(Acl("web", Rule(AclAction.Deny)))).Changed);
    }

    internal static void Spoil(Gateway gateway, uint interfaceIndex)
    {
        lock (gateway.Vpp.Gate)
        {
            (_, uint foreign) = gateway.Vpp.State.SetAcl(uint.MaxValue, "cli", []);
            gateway.Vpp.State.SetLists(interfaceIndex, [foreign], []);
        }
    }

    internal static void Remove(Gateway gateway, string name)
    {
        lock (gateway.Vpp.Gate)
        {
            uint index = gateway.Vpp.State.Find(name)!.Index;
            gateway.Vpp.State.Interfaces.Remove(index);
            gateway.Vpp.State.Lists.Remove(index);
        }
    }

    private static async Task<Gateway> StartBoundAsync(
        Func<VppGatewayOptions, VppGatewayOptions>? change = null)
    {
        Gateway gateway = await StartAsync(change: change);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit, "10.1.0.0/24")));
        await gateway.ApplyAsync(Acl("rest", Rule(AclAction.Deny)));
        await gateway.BindAsync("host-va", ["web"], []);
        return gateway;
    }

    private static Task<AddTunnelPeerResponse> AddPeerAsync(Gateway gateway)
    {
        var peer = new TunnelPeer
        {
            PublicKey = OtherKey,
            TunnelAddress = "10.99.0.9",
            AllowedIps = { "10.99.0.9/32" },
        };
        return gateway.CallAsync(
            "AddTunnelPeer", new AddTunnelPeerRequest { Tunnel = "site-b", Peer = peer },
            AddTunnelPeerResponse.Parser);
    }
}
