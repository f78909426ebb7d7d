using System.Net;
using Serval.VppBridge.Api;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Tests.Simulation;

/// <summary>VPP's binary API over a state: a request in, the messages of its answer out. Message ids are
/// those of the recording.</summary>
internal sealed class SimulatedApi(SimulatedState state, uint pid)
{
    private const uint ClientIndex = 0x80000001;

    // Where wireguard_peers_details has its flags: behind head, index, key, port, keepalive, table, endpoint
    // and interface.
    private const int PeerFlagsAt = 6 + 4 + 32 + 2 + 2 + 4 + 17 + 4;
    private static readonly Lazy<(
        byte[] Hello, Dictionary<ushort, string> Names, Dictionary<string, ushort> Ids)> Table = new(Load);

    public static string NameOf(ushort id) =>
        Table.Value.Names.TryGetValue(id, out string? name) ? name[..name.LastIndexOf('_')] : string.Empty;

    public static byte[] PeerEvent(uint peerIndex, uint flags) => new ApiWriter()
        .U16(Id("wireguard_peer_event")).U32(ClientIndex).U32(ClientPid).U32(peerIndex)
        .U8((byte)flags).ToArray();

    public static byte[] InterfaceEvent(uint index, uint flags) => new ApiWriter()
        .U16(Id("sw_interface_event")).U32(ClientIndex).U32(ClientPid).U32(index).U32(flags)
        .U8(0).ToArray();

    public IEnumerable<byte[]> Answer(byte[] request)
    {
        var reader = new ApiReader(request);
        ushort id = reader.U16();
        if (id == 15)
        {
            uint helloToken = reader.U32();
            byte[] hello = (byte[])Table.Value.Hello.Clone();
            new ApiWriter().U32(helloToken).ToArray().CopyTo(hello, 6);
            return [hello];
        }

        reader.U32();
        uint token = reader.U32();

        // What VPP does not know it drops without an answer.
        return Table.Value.Names.TryGetValue(id, out string? name)
            ? Handle(name[..name.LastIndexOf('_')], token, request.AsSpan(10))
            : [];
    }

    public static byte[] InterfaceEvent(uint index, uint flags, bool isDeleted) => new ApiWriter()
        .U16(Id("sw_interface_event")).U32(ClientIndex).U32(ClientPid).U32(index).U32(flags).Bool(isDeleted)
            .ToArray();

    /// <summary>The answer to a change that VPP does not make.</summary>
    public static byte[] Refusal(string name, byte[] request)
    {
        var reader = new ApiReader(request);
        reader.Take(6);
        ApiWriter reply = Reply(name, reader.U32());
        if (name == "acl_add_replace")
            reply.U32(uint.MaxValue);
        return reply.U32(unchecked((uint)-1)).U32(0).ToArray();
    }

    /// <summary>A message of this body, in answer to that request.</summary>
    public static byte[] Message(string name, byte[] request, byte[] body)
    {
        var reader = new ApiReader(request);
        reader.Take(6);
        return Message(name, reader.U32()).Bytes(body).ToArray();
    }

    private const uint ClientPid = 4242;

    private List<byte[]> Handle(string name, uint token, ReadOnlySpan<byte> body)
    {
        var reader = new ApiReader(body);
        switch (name)
        {
            case "control_ping":
                return [Reply(name, token).U32(0).U32(0).U32(pid).ToArray()];
            case "show_version":
                return [Reply(name, token).U32(0).Text("vpe", 32).Text("26.06-release", 32).Text("", 32)
                    .Text("", 256).ToArray()];
            case "want_interface_events":
                return [Value(name, token, 0)];
            case "want_wireguard_peer_events":
                // Asking for all asks for those that there are.
                reader.U32();
                uint watched = reader.U32();
                state.WatchedPeers.UnionWith(watched == uint.MaxValue ? state.Peers.Keys : [watched]);
                return [Value(name, token, 0)];
            case "cli_inband":
                string text = new SimulatedCli(state, pid).Run(reader.Text());
                return [Reply(name, token).U32(0).Text(text).ToArray()];
            case "ip_unnumbered_dump":
                return [.. state.Interfaces.Values.Where(i => i.Lender is not null).Select(i =>
                    Message("ip_unnumbered_details", token).U32(i.Index).U32(i.Lender!.Value).ToArray())];
            case "acl_stats_intf_counters_enable":
                // Answered with the id of another message.
                return [Value("acl_del", token, state.CanCountMatches ? 0 : -1)];
            case "sw_interface_dump":
                return [.. state.Interfaces.Values.Select(i => Details(i, token))];
            case "ip_address_dump":
                uint addressed = reader.U32();
                bool isV6 = reader.Bool();
                return [.. state.Interfaces[addressed].Addresses.Where(a => a.IsV6 == isV6).Select(a =>
                    Message("ip_address_details", token).U32(addressed).Prefix(a).ToArray())];
            case "sw_interface_set_flags":
                return [Value(name, token, SetFlags(reader.U32(), reader.U32()))];
            case "sw_interface_add_del_address":
                uint target = reader.U32();
                reader.Take(2);
                return [Value(name, token, state.AddAddress(target, reader.Prefix()))];
            case "ip_route_lookup":
                return [Lookup(token, ref reader)];
            case "ip_route_add_del":
                return [SetRoute(token, ref reader)];
            default:
                return name.StartsWith("acl", StringComparison.Ordinal) ? HandleAcl(name, token, body)
                    : name.StartsWith("wireguard", StringComparison.Ordinal)
                        ? HandleWireguard(name, token, body)
                    : HandleNat(name, token, body);
        }
    }

    private List<byte[]> HandleAcl(string name, uint token, ReadOnlySpan<byte> body)
    {
        var reader = new ApiReader(body);
        switch (name)
        {
            case "acl_add_replace":
                VppAcl acl = ApiAcls.ReadDetails(body.ToArray());
                (int value, uint index) = state.SetAcl(acl.Index, acl.Tag, acl.Rules);
                return [Reply(name, token).U32(index).U32((uint)value).ToArray()];
            case "acl_del":
                return [Value(name, token, state.DeleteAcl(reader.U32()))];
            case "acl_interface_set_acl_list":
                (uint target, VppAclLists lists) = ApiAcls.ReadLists(body.ToArray());
                return [Value(name, token, state.SetLists(target, [.. lists.Inputs], [.. lists.Outputs]))];
            case "acl_dump":
                return [.. state.Acls.Values.Select(a =>
                {
                    ApiWriter writer = Message("acl_details", token);
                    ApiAcls.Write(writer, a.Index, new Acl("x", a.Rules));
                    byte[] bytes = writer.ToArray();
                    new ApiWriter().Text(a.Tag, 64).ToArray().CopyTo(bytes, 10);
                    return bytes;
                })];
            case "acl_interface_list_dump":
                return [.. state.Lists.OrderBy(l => l.Key).Select(l =>
                {
                    ApiWriter writer = Message("acl_interface_list_details", token).U32(l.Key)
                        .U8((byte)(l.Value.Inputs.Count + l.Value.Outputs.Count))
                            .U8((byte)l.Value.Inputs.Count);
                    foreach (uint bound in l.Value.Inputs.Concat(l.Value.Outputs))
                        writer.U32(bound);
                    return writer.ToArray();
                })];
            default:
                return [];
        }
    }

    private List<byte[]> HandleWireguard(string name, uint token, ReadOnlySpan<byte> body)
    {
        var reader = new ApiReader(body);
        switch (name)
        {
            case "wireguard_interface_create":
                uint instance = reader.U32();
                reader.U32();
                _ = PrivateKey.TryParse(Convert.ToBase64String(reader.Take(32)), out PrivateKey? key);
                reader.Take(32);
                (int value, uint index) = state.CreateTunnel(instance, reader.U16(), reader.Address(), key!);
                return [Reply(name, token).U32((uint)value).U32(index).ToArray()];
            case "wireguard_interface_delete":
                return [Value(name, token, state.DeleteTunnel(reader.U32()))];
            case "wireguard_interface_dump":
                return [.. state.Interfaces.Values.Where(i => i.Tunnel is not null).Select(i =>
                    Message("wireguard_interface_details", token)
                        .U32(state.Unset.HasFlag(UnsetDetails.Instance) ? 0 : i.Tunnel!.Instance).U32(i.Index)
                        .Bytes(new byte[32]).Bytes(Convert.FromBase64String(i.Key!.PublicKey))
                        .U16(i.Tunnel!.ListenPort).Address(i.Tunnel.LocalAddress).ToArray())];
            case "wireguard_peer_add":
                VppPeer peer = ApiPeers.ReadPeer(body.ToArray());
                (int added, uint peerIndex) = state.AddPeer(peer.InterfaceIndex, peer.Peer);
                return [Reply(name, token).U32((uint)added).U32(peerIndex).ToArray()];
            case "wireguard_peer_remove":
                return [Value(name, token, state.Peers.Remove(reader.U32()) ? 0 : -6)];
            case "wireguard_peers_dump":
                return [.. state.Peers.Values.Select(p =>
                {
                    ApiWriter writer = Message("wireguard_peers_details", token);
                    bool hasKeepalive = !state.Unset.HasFlag(UnsetDetails.Keepalive);
                    ApiPeers.WritePeer(
                        writer, p.InterfaceIndex, hasKeepalive ? p.Peer : p.Peer with { KeepaliveS = 0 });
                    byte[] bytes = writer.ToArray();
                    uint shown = state.Unset.HasFlag(UnsetDetails.PeerIndex) ? 0 : p.PeerIndex;
                    new ApiWriter().U32(shown).ToArray().CopyTo(bytes, 6);
                    bytes[PeerFlagsAt] = (byte)(p.Status == PeerStatus.Established ? 2
                        : p.Status == PeerStatus.Dead ? 1 : 0);
                    return bytes;
                })];
            default:
                return [];
        }
    }

    private List<byte[]> HandleNat(string name, uint token, ReadOnlySpan<byte> body)
    {
        var reader = new ApiReader(body);
        switch (name)
        {
            case "nat44_ed_plugin_enable_disable":
                reader.Take(8);
                state.EnableNat(reader.U32());
                return [Value(name, token, 0)];
            case "nat44_show_running_config":
                return [Reply(name, token).U32(0).U32(0).U32(0).U32(0)
                    .U32(state.NatSessions)
                    .Bytes(new byte[32]).ToArray()];
            case "nat44_add_del_address_range":
                var address = new IPAddress(reader.Take(4));
                reader.Take(8);
                if (reader.Bool())
                    state.NatAddresses.Add(address);
                else
                    state.NatAddresses.Remove(address);
                return [Value(name, token, 0)];
            case "nat44_address_dump":
                return [.. state.NatAddresses.Select(a =>
                    Message("nat44_address_details", token).Bytes(a.GetAddressBytes()).U8(0)
                        .U32(uint.MaxValue).ToArray())];
            case "nat44_interface_add_del_feature":
                bool isAdd = reader.Bool();
                bool isInside = reader.U8() == 32;
                (uint, bool) entry = (reader.U32(), isInside);
                state.NatInterfaces.Remove(entry);
                if (isAdd)
                    state.NatInterfaces.Add(entry);
                return [Value(name, token, 0)];
            case "nat44_interface_dump":
                return [.. state.NatInterfaces.Select(n =>
                    Message("nat44_interface_details", token).U8(n.IsInside ? (byte)32 : (byte)16)
                        .U32(n.Index).ToArray())];
            default:
                return [];
        }
    }

    private byte[] Lookup(uint token, ref ApiReader reader)
    {
        reader.Take(5);
        IpPrefix prefix = reader.Prefix();
        PlacedRoute? route = state.Routes.Where(r => r.Prefix == prefix).Cast<PlacedRoute?>()
            .FirstOrDefault();
        if (route is not { } found)
            return Value("ip_route_lookup", token, -6);
        byte[] sent = Write(found);
        return Reply("ip_route_lookup", token).U32(0).Bytes(sent.AsSpan(2)).ToArray();
    }

    private byte[] Write(PlacedRoute route)
    {
        var writer = new ApiWriter();
        ApiRoutes.Write(writer, true, new TunnelRoute(route.Prefix, route.Via),
            state.Find(route.Interface)?.Index ?? 0);
        return writer.ToArray();
    }

    private byte[] SetRoute(uint token, ref ApiReader reader)
    {
        bool isAdd = reader.Bool();
        reader.Take(1 + 8);
        IpPrefix prefix = reader.Prefix();
        reader.Take(1);
        uint index = reader.U32();
        reader.Take(10 + 12);
        var route = new PlacedRoute(prefix, reader.AddressUnion(prefix.IsV6), state.Interfaces[index].Name);
        if (isAdd)
            state.Routes.Add(route);
        else
            state.Routes.Remove(route);
        return Reply("ip_route_add_del", token).U32(0).U32(0).ToArray();
    }

    private int SetFlags(uint index, uint flags)
    {
        if (!state.Interfaces.TryGetValue(index, out SimulatedInterface? found))
            return -2;
        found.IsUp = (flags & 1) != 0;
        return 0;
    }

    private static byte[] Details(SimulatedInterface item, uint token) =>
        Message("sw_interface_details", token)
        .U32(item.Index).U32(item.Index).Bytes(new byte[6]).U32(item.IsUp ? 3u : 0u).U32(0).U32(0).U32(0)
            .U16(9000)
        .U32(item.Mtu).U32(0).U32(0).U32(0).U32(0).U8(0).U16(0).U16(0).U32(0).Bytes(new byte[16]).U16(0)
        .Bytes(new byte[12]).U16(0).U32(0).Text(item.Name, 64).Text("dev", 64).Text("", 64).ToArray();

    private static byte[] Value(string name, uint token, int value) =>
        Reply(name, token).U32((uint)value).ToArray();

    private static ApiWriter Reply(string name, uint token) => Message(name + "_reply", token);

    private static ApiWriter Message(string name, uint token) => new ApiWriter().U16(Id(name)).U32(token);

    private static ushort Id(string name) => Table.Value.Ids[name];

    private static (byte[] Hello, Dictionary<ushort, string> Names, Dictionary<string, ushort> Ids) Load()
    {
        byte[] hello = RecordedFrames.Load()[1].Message;
        var reader = new ApiReader(hello);
        reader.Take(2 + 4 + 4 + 4 + 4);
        int count = reader.U16();
        Dictionary<ushort, string> names = [];
        Dictionary<string, ushort> ids = new(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            ushort id = reader.U16();
            string name = reader.Text(64);
            names[id] = name;
            ids[name[..name.LastIndexOf('_')]] = id;
        }

        return (hello, names, ids);
    }
}
