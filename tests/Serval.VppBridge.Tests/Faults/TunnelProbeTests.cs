using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Simulation;
using static Serval.VppBridge.Tests.EndToEnd.Gateway;

namespace Serval.VppBridge.Tests.Faults;

/// <summary>Some releases of VPP leave fields of WireGuard's details at 0.</summary>
public sealed class TunnelProbeTests
{
    [Theory]
    [InlineData("Instance", "user_instance")]
    [InlineData("PeerIndex", "peer_index")]
    [InlineData("Keepalive", "persistent_keepalive")]
    public async Task A_vpp_that_does_not_tell_what_tunnels_need_gets_none(string unset, string field)
    {
        await using Gateway gateway = await StartAsync();
        PlaceTheirs(gateway);
        gateway.Vpp.State.Unset = Enum.Parse<UnsetDetails>(unset);
        string before = gateway.Vpp.State.Describe();
        RpcException e = await FailsAsync(
            StatusCode.FailedPrecondition, () => TunnelTests.CreateAsync(gateway));
        Assert.Contains(field, e.Message, StringComparison.Ordinal);
        Assert.Equal(before, gateway.Vpp.State.Describe());

        // Everything else works.
        Assert.True((await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)))).Changed);
    }

    [Fact]
    public async Task After_an_upgrade_to_such_a_vpp_nobodys_peer_is_removed()
    {
        await using Gateway gateway = await StartAsync();
        await TunnelTests.CreateAsync(gateway);
        gateway.Vpp.Boot = state =>
        {
            state.Unset = UnsetDetails.PeerIndex | UnsetDetails.Instance;
            (_, uint index) = state.CreateTunnel(
                4, 4, System.Net.IPAddress.Loopback, VppBridge.Keys.PrivateKey.Generate());
            state.AddPeer(index, new Model.TunnelPeer(
                "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=", null, 0, 0, [Model.IpPrefix.Any4], null, []));
        };
        gateway.Vpp.Restart();
        await Eventually.BecomesAsync(() => gateway.Host.Reconciler.Status.Drift.Any(
            d => d.Contains("do not tell user_instance", StringComparison.Ordinal)));
        Assert.Single(gateway.Vpp.State.Peers);
        Assert.NotNull(gateway.Vpp.State.Find("wg4"));
        Assert.Null(gateway.Vpp.State.Find("wg0"));
    }

    [Fact]
    public async Task A_vpp_is_tried_once_for_each_connection_and_nothing_is_left()
    {
        await using Gateway gateway = await StartAsync();
        PlaceTheirs(gateway);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        Assert.DoesNotContain("wireguard_interface_create", gateway.Vpp.Steps);
        await TunnelTests.CreateAsync(gateway);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Deny)));
        Assert.Equal(2, gateway.Vpp.Steps.Count(s => s == "wireguard_interface_create"));
        Assert.Equal(["wg0", "wg4"], gateway.Vpp.State.Interfaces.Values.Where(i => i.Tunnel is not null)
            .Select(i => i.Name).Order(StringComparer.Ordinal));
        Assert.Equal(2, gateway.Vpp.State.Peers.Count);
    }

    [Theory]
    [InlineData("wireguard_interface_create")]
    [InlineData("wireguard_peer_add")]
    [InlineData("wireguard_interface_delete")]
    public async Task A_vpp_that_refuses_once_is_tried_again(string refused)
    {
        await using Gateway gateway = await StartAsync();
        int count = 0;
        gateway.Vpp.BeforeStep = step => step == refused && count++ == 0 ? StepFault.Refuse : StepFault.None;
        await FailsAsync(StatusCode.FailedPrecondition, () => TunnelTests.CreateAsync(gateway));
        await TunnelTests.CreateAsync(gateway);
        Assert.Null(gateway.Vpp.State.Find(Model.ProbeTunnel.Tunnel.InterfaceName));
        Assert.NotNull(gateway.Vpp.State.Find("wg0"));
    }

    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task What_a_bridge_left_that_lost_its_connection_is_deleted(VppTransportKind transport)
    {
        await using Gateway gateway = await StartAsync(transport, boot: state => state.CreateTunnel(
            Model.ProbeTunnel.Tunnel.Instance, Model.ProbeTunnel.Tunnel.ListenPort,
            System.Net.IPAddress.Loopback, Model.ProbeTunnel.Tunnel.Key));
        Assert.Null(gateway.Vpp.State.Find(Model.ProbeTunnel.Tunnel.InterfaceName));
    }

    // Somebody's tunnel with a peer, whose indexes are not 0.
    private static void PlaceTheirs(Gateway gateway)
    {
        lock (gateway.Vpp.Gate)
        {
            (_, uint index) = gateway.Vpp.State.CreateTunnel(
                4, 4, System.Net.IPAddress.Loopback, VppBridge.Keys.PrivateKey.Generate());
            gateway.Vpp.State.AddPeer(index, new Model.TunnelPeer(
                "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=", null, 0, 5, [Model.IpPrefix.Any4], null, []));
        }
    }
}
