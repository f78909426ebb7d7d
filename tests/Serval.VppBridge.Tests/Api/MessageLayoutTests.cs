using System.Net;
using Serval.VppBridge.Api;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Model;
using Serval.VppBridge.Tests.Simulation;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Tests.Api;

/// <summary>The frames of WireGuard, NAT and routes, of which none was recorded, against VPP's own
/// definitions.</summary>
public sealed class MessageLayoutTests
{
    private const string PeerKey = "eQOGFgpVvQkyeqpUbiufEDcNXBhgNE05qi4xy+xb7lc=";
    private static readonly byte[] Source = [192, 0, 2, 1];
    private static readonly TunnelPeer Peer = new(
        PeerKey, IPAddress.Parse("198.51.100.7"), 51821, 25, [Prefix("10.99.0.2/32"), Prefix("fd00::/64")],
        null, []);

    [SharedFact]
    public void Every_message_spoken_has_the_checksum_of_its_definition()
    {
        MessageLayout layout = Layout();
        string[] spoken = [.. typeof(ApiMessages).GetFields().Select(f => (string)f.GetRawConstantValue()!)];
        string[] defined = [.. layout.Names.Select(layout.FullName)];
        Assert.True(spoken.Length > 25);
        Assert.All(spoken, name => Assert.Contains(name, defined));
    }

    [SharedFact]
    public async Task Every_change_is_packed_as_it_is_defined()
    {
        MessageLayout layout = Layout();
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        await using ApiTransport transport = await ConnectAsync(vpp);
        foreach ((VppChange change, string message, Dictionary<string, object> values) in Changes())
        {
            byte[] sent = [];
            vpp.BeforeRequest = (name, request) =>
            {
                Assert.Equal(message, name);
                sent = request[10..];
                return [SimulatedApi.Refusal(name, request)];
            };
            var indexes = new VppIndexes(VppState.Empty);
            indexes.SetInterface("wg5", 9);
            VppException e = await Assert.ThrowsAsync<VppException>(
                () => transport.ApplyAsync(change, indexes, CancellationToken.None));
            Assert.Equal(VppFault.Refused, e.Fault);

            // Behind the id, the client's index and the context.
            Assert.Equal(
                (message, Convert.ToHexString(layout.Pack(message, values).AsSpan(8))),
                (message, Convert.ToHexString(sent)));
        }
    }

    private static (VppChange Change, string Message, Dictionary<string, object> Values)[] Changes()
    {
        _ = PrivateKey.TryParse(PeerKey, out PrivateKey? key);
        var tunnel = new Tunnel("site", 5, new IPAddress(Source), 51820, key!, [], [Peer]);
        var route = new TunnelRoute(Prefix("10.50.0.0/16"), IPAddress.Parse("10.99.0.2"));
        var route6 = new TunnelRoute(Prefix("fd50::/48"), IPAddress.Parse("fd99::2"));
        return
        [
            (new VppChange.CreateTunnel(tunnel), "wireguard_interface_create", new()
            {
                ["interface.user_instance"] = 5, ["interface.sw_if_index"] = uint.MaxValue,
                ["interface.private_key"] = key!.RevealBytes().ToArray(), ["interface.port"] = 51820,
                ["interface.src_ip.un"] = Source,
            }),
            (new VppChange.AddPeer("wg5", Peer), "wireguard_peer_add", PeerValues(uint.MaxValue, 9)),
            (new VppChange.RemovePeer("wg5", PeerKey, 77), "wireguard_peer_remove",
                new() { ["peer_index"] = 77 }),
            (new VppChange.DeleteTunnel("wg5", "site"), "wireguard_interface_delete",
                new() { ["sw_if_index"] = 9 }),
            (new VppChange.AddAddress("wg5", Prefix("10.99.0.1/24")), "sw_interface_add_del_address", new()
            {
                ["sw_if_index"] = 9, ["is_add"] = 1,
                ["prefix.address.un"] = new byte[] { 10, 99, 0, 1 }, ["prefix.len"] = 24,
            }),
            (new VppChange.SetUp("wg5"), "sw_interface_set_flags",
                new() { ["sw_if_index"] = 9, ["flags"] = 1 }),
            (new VppChange.AddRoute("wg5", route), "ip_route_add_del", RouteValues(route, 1)),
            (new VppChange.RemoveRoute("wg5", route6), "ip_route_add_del", RouteValues(route6, 0)),
            (new VppChange.EnableNat(65536), "nat44_ed_plugin_enable_disable",
                new() { ["sessions"] = 65536, ["enable"] = 1 }),
            (new VppChange.SetNatAddress(new IPAddress(Source), true), "nat44_add_del_address_range", new()
            {
                ["first_ip_address"] = Source, ["last_ip_address"] = Source, ["vrf_id"] = uint.MaxValue,
                ["is_add"] = 1,
            }),
            (new VppChange.SetNatAddress(new IPAddress(Source), false), "nat44_add_del_address_range", new()
            {
                ["first_ip_address"] = Source, ["last_ip_address"] = Source, ["vrf_id"] = uint.MaxValue,
            }),
            (new VppChange.SetNatInterface("wg5", true, true), "nat44_interface_add_del_feature",
                new() { ["is_add"] = 1, ["flags"] = 0x20, ["sw_if_index"] = 9 }),
            (new VppChange.SetNatInterface("wg5", false, false), "nat44_interface_add_del_feature",
                new() { ["flags"] = 0x10, ["sw_if_index"] = 9 }),
        ];
    }

    [SharedFact]
    public async Task Every_detail_is_read_as_it_is_defined()
    {
        MessageLayout layout = Layout();
        byte[] key = Convert.FromBase64String(PeerKey);
        var route = new PlacedRoute(Prefix("10.50.0.0/16"), IPAddress.Parse("10.99.0.2"), "wg5");
        Dictionary<string, (string Message, Dictionary<string, object> Values)> answers = new()
        {
            ["sw_interface_dump"] = ("sw_interface_details", new()
            {
                ["sw_if_index"] = 9,
                ["flags"] = 3,
                ["mtu[0]"] = 1420,
                ["link_mtu"] = 9000,
                ["interface_name"] = "wg5"u8.ToArray(),
            }),
            ["wireguard_interface_dump"] = ("wireguard_interface_details", new()
            {
                ["interface.user_instance"] = 5,
                ["interface.sw_if_index"] = 9,
                ["interface.public_key"] = key,
                ["interface.port"] = 51820,
                ["interface.src_ip.un"] = Source,
            }),
            ["wireguard_peers_dump"] = ("wireguard_peers_details", PeerValues(77, 9)),
            ["nat44_show_running_config"] = ("nat44_show_running_config_reply",
                new() { ["inside_vrf"] = 7, ["users"] = 8, ["sessions"] = 4096 }),
            ["nat44_address_dump"] = ("nat44_address_details",
                new() { ["ip_address"] = Source, ["vrf_id"] = uint.MaxValue }),
            ["nat44_interface_dump"] = ("nat44_interface_details",
                new() { ["flags"] = 0x30, ["sw_if_index"] = 9 }),
            ["ip_route_lookup"] = ("ip_route_lookup_reply",
                RouteValues(new TunnelRoute(route.Prefix, route.Via), null)),
        };
        await using SimulatedVpp vpp = SimulatedVpp.Start();
        await using ApiTransport transport = await ConnectAsync(vpp);
        vpp.BeforeRequest = (name, request) => answers.TryGetValue(
            name, out (string Message, Dictionary<string, object> Values) answer)
            ? [SimulatedApi.Message(answer.Message, request, layout.Pack(answer.Message, answer.Values)[4..])]
            : name.EndsWith("_dump", StringComparison.Ordinal) ? [] : null;
        VppState seen = await transport.ObserveAsync([route], true, CancellationToken.None);
        VppInterface over = Assert.Single(seen.Interfaces);
        Assert.Equal((9u, "wg5", true, true, 1420u),
            (over.Index, over.Name, over.IsAdminUp, over.IsLinkUp!.Value, over.Mtu));
        Assert.Equal(new VppTunnel(9, 5, PeerKey, 51820, new IPAddress(Source)), Assert.Single(seen.Tunnels));
        VppPeer peer = Assert.Single(seen.Peers);
        Assert.Equal((77u, 9u, PeerStatus.None), (peer.PeerIndex, peer.InterfaceIndex, peer.Status));
        Assert.True(peer.Peer.IsSamePeer(Peer));
        Assert.True(seen.Nat.IsEnabled);
        Assert.Equal([new IPAddress(Source)], seen.Nat.Addresses);
        Assert.Equal([9u], seen.Nat.Inside);
        Assert.Equal([9u], seen.Nat.Outside);
        Assert.Contains(route, seen.Routes);
    }

    [SharedFact]
    public void The_recorded_files_are_those_of_the_fixtures()
    {
        string own = Path.Combine(AppContext.BaseDirectory, "Fixtures");
        string[] recorded = [.. Directory.GetFiles(Path.Combine(SharedFiles.Folder!, "fixtures"))
            .Where(f => Path.GetFileName(f)
                is not ("README.txt" or "transcripts.jsonl" or "vppctl-strace.txt"))];
        Assert.NotEmpty(recorded);
        Assert.All(recorded, file => Assert.True(
            File.ReadAllBytes(file).AsSpan().SequenceEqual(
                File.ReadAllBytes(Path.Combine(own, Path.GetFileName(file)))), file));
    }

    private static Dictionary<string, object> PeerValues(uint peerIndex, uint swIfIndex) => new()
    {
        ["peer.peer_index"] = peerIndex,
        ["peer.public_key"] = Convert.FromBase64String(PeerKey),
        ["peer.port"] = 51821,
        ["peer.persistent_keepalive"] = 25,
        ["peer.endpoint.un"] = new byte[] { 198, 51, 100, 7 },
        ["peer.sw_if_index"] = swIfIndex,
        ["peer.n_allowed_ips"] = 2,
        ["peer.allowed_ips[0].address.un"] = new byte[] { 10, 99, 0, 2 },
        ["peer.allowed_ips[0].len"] = 32,
        ["peer.allowed_ips[1].address.af"] = 1,
        ["peer.allowed_ips[1].address.un"] = IPAddress.Parse("fd00::").GetAddressBytes(),
        ["peer.allowed_ips[1].len"] = 64,
    };

    private static Dictionary<string, object> RouteValues(TunnelRoute route, int? isAdd)
    {
        Dictionary<string, object> values = new()
        {
            ["route.prefix.address.af"] = route.Prefix.IsV6 ? 1 : 0,
            ["route.prefix.address.un"] = route.Prefix.Address.GetAddressBytes(),
            ["route.prefix.len"] = route.Prefix.Length,
            ["route.n_paths"] = 1,
            ["route.paths[0].sw_if_index"] = 9,
            ["route.paths[0].weight"] = 1,
            ["route.paths[0].proto"] = route.Prefix.IsV6 ? 1 : 0,
            ["route.paths[0].nh.address"] = route.Via.GetAddressBytes(),
        };
        if (isAdd is { } flag)
            values["is_add"] = flag;
        return values;
    }

    private static MessageLayout Layout() =>
        MessageLayout.Load(Path.Combine(SharedFiles.Folder!, "api-json"));

    private static Task<ApiTransport> ConnectAsync(SimulatedVpp vpp) => ApiTransport.ConnectAsync(
        Path.Combine(vpp.Folder, "api.sock"), new CallTimer(Limits.CallTimeout, TimeProvider.System),
        CancellationToken.None);

    private static IpPrefix Prefix(string text) =>
        IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : default;
}
