using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.Simulation;
using static Serval.VppBridge.Tests.EndToEnd.Gateway;

namespace Serval.VppBridge.Tests.EndToEnd;

public sealed class TunnelTests
{
    private const string PeerKey = "eQOGFgpVvQkyeqpUbiufEDcNXBhgNE05qi4xy+xb7lc=";

    [Fact]
    public async Task A_tunnel_comes_with_its_peers_and_routes_and_goes_with_them()
    {
        await using Gateway gateway = await StartAsync();
        CreateTunnelResponse made = await CreateAsync(gateway);
        Assert.Equal("wg0", made.Tunnel.Interface);
        Assert.Equal(44, made.Tunnel.PublicKey.Length);
        SimulatedInterface wg = gateway.Vpp.State.Find("wg0")!;
        Assert.True(wg.IsUp);
        Assert.Equal("10.99.0.1/24", Assert.Single(wg.Addresses).ToString());
        Assert.Equal(PeerKey, Assert.Single(gateway.Vpp.State.Peers.Values).Peer.PublicKey);
        Assert.Equal(
            ["10.50.0.0/16", "10.99.0.2/32"],
                gateway.Vpp.State.Routes.Select(r => r.Prefix.ToString()).Order());

        CreateTunnelResponse again = await CreateAsync(gateway);
        Assert.False(again.Change.Changed);
        Assert.Equal(made.Tunnel.PublicKey, again.Tunnel.PublicKey);

        await gateway.CallAsync(
            "DeleteTunnel", new DeleteTunnelRequest { Name = "site-b" }, DeleteTunnelResponse.Parser);
        Assert.Null(gateway.Vpp.State.Find("wg0"));
        Assert.Empty(gateway.Vpp.State.Peers);
        Assert.Empty(gateway.Vpp.State.Routes);
    }

    [Fact]
    public async Task A_tunnel_of_this_name_with_other_settings_exists_already()
    {
        await using Gateway gateway = await StartAsync();
        await CreateAsync(gateway);
        Tunnel other = Wanted();
        other.ListenPort = 51999;
        RpcException e = await FailsAsync(StatusCode.AlreadyExists, () => gateway.CallAsync(
            "CreateTunnel", new CreateTunnelRequest { Tunnel = other }, CreateTunnelResponse.Parser));
        Assert.Contains("listen_port", e.Message, StringComparison.Ordinal);
        other = Wanted();
        other.Addresses.Add("10.98.0.1/24");
        e = await FailsAsync(StatusCode.AlreadyExists, () => gateway.CallAsync(
            "CreateTunnel", new CreateTunnelRequest { Tunnel = other }, CreateTunnelResponse.Parser));
        Assert.Contains("set of addresses", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_of_another_family_are_refused_for_a_peer_and_for_its_routes()
    {
        await using Gateway gateway = await StartAsync();
        await CreateAsync(gateway);
        TunnelPeer peer = Wanted().Peers[0];
        peer.EndpointAddress = "2001:db8::2";
        RpcException e = await AddAsync(peer);
        Assert.Contains("peer.endpoint_address", e.Message, StringComparison.Ordinal);

        peer = Wanted().Peers[0];
        peer.AllowedIps.Add("fd00::/64");
        peer.Routes.Add("fd00::/64");
        e = await AddAsync(peer);
        Assert.Contains("peer.routes", e.Message, StringComparison.Ordinal);

        Task<RpcException> AddAsync(TunnelPeer added) =>
            FailsAsync(StatusCode.InvalidArgument, () => gateway.CallAsync(
                "AddTunnelPeer", new AddTunnelPeerRequest { Tunnel = "site-b", Peer = added },
                AddTunnelPeerResponse.Parser));
    }

    [Fact]
    public async Task Peers_are_replaced_by_key_and_removed()
    {
        await using Gateway gateway = await StartAsync();
        await CreateAsync(gateway);
        TunnelPeer peer = Wanted().Peers[0];
        peer.PersistentKeepaliveS = 25;
        var add = new AddTunnelPeerRequest { Tunnel = "site-b", Peer = peer };
        Assert.True((await gateway.CallAsync("AddTunnelPeer", add, AddTunnelPeerResponse.Parser))
            .Change.Changed);
        Assert.False((await gateway.CallAsync("AddTunnelPeer", add, AddTunnelPeerResponse.Parser))
            .Change.Changed);
        Assert.Equal(25, Assert.Single(gateway.Vpp.State.Peers.Values).Peer.KeepaliveS);
        var remove = new RemoveTunnelPeerRequest { Tunnel = "site-b", PublicKey = PeerKey };
        await gateway.CallAsync("RemoveTunnelPeer", remove, RemoveTunnelPeerResponse.Parser);
        Assert.Empty(gateway.Vpp.State.Peers);
        Assert.Empty(gateway.Vpp.State.Routes);
    }

    [Fact]
    public async Task Keys_do_not_go_over_the_cli_unless_told_so()
    {
        await using Gateway gateway = await StartAsync(VppTransportKind.Cli);
        await FailsAsync(StatusCode.FailedPrecondition, () => CreateAsync(gateway));
        Assert.Empty(gateway.Vpp.Steps);
    }

    [Fact]
    public async Task Somebody_elses_tunnel_is_stepped_around()
    {
        await using Gateway gateway = await StartAsync();
        gateway.Vpp.State.CreateTunnel(
            0, 1, System.Net.IPAddress.Loopback, Serval.VppBridge.Keys.PrivateKey.Generate());
        Assert.Equal("wg1", (await CreateAsync(gateway)).Tunnel.Interface);
    }

    [Fact]
    public async Task Acls_bind_to_a_tunnel_by_its_name()
    {
        await using Gateway gateway = await StartAsync();
        await CreateAsync(gateway);
        await gateway.ApplyAsync(Acl("web", Rule(AclAction.Permit)));
        await gateway.BindAsync("tunnel:site-b", ["web"], []);
        Assert.Equal([0u], gateway.Vpp.State.Lists[gateway.Vpp.State.Find("wg0")!.Index].Inputs);
        await FailsAsync(StatusCode.FailedPrecondition, () => gateway.CallAsync(
            "DeleteTunnel", new DeleteTunnelRequest { Name = "site-b" }, DeleteTunnelResponse.Parser));
    }

    internal static Task<CreateTunnelResponse> CreateAsync(Gateway gateway) => gateway.CallAsync(
        "CreateTunnel", new CreateTunnelRequest { Tunnel = Wanted() }, CreateTunnelResponse.Parser);

    internal static Tunnel Wanted()
    {
        var peer = new TunnelPeer
        {
            PublicKey = PeerKey,
            EndpointAddress = "192.0.2.2",
            EndpointPort = 51820,
            TunnelAddress = "10.99.0.2",
        };
        peer.AllowedIps.AddRange(["10.99.0.2/32", "10.50.0.0/16"]);
        peer.Routes.Add("10.50.0.0/16");
        var tunnel = new Tunnel { Name = "site-b", LocalAddress = "192.0.2.1", ListenPort = 51820 };
        tunnel.Addresses.Add("10.99.0.1/24");
        tunnel.Peers.Add(peer);
        return tunnel;
    }
}
