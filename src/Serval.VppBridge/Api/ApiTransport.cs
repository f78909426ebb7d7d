using System.Net;
using System.Threading.Channels;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Api;

/// <summary>VPP by way of its binary API: a return value for every change, atomic ACL lists,
/// events.</summary>
internal sealed class ApiTransport : IVppTransport
{
    private const uint All = uint.MaxValue;
    // Few enough that neither side's socket buffer fills before the answers are read.
    private const int AddressDumpsAtOnce = 128;
    private const byte NatOutside = 16;
    private const byte NatInside = 32;
    private readonly ApiConnection _api;
    private bool _hasCheckedTunnels;
    private string? _tunnelProblem;

    private ApiTransport(ApiConnection api, VppIdentity identity, bool hasRuleCounters)
    {
        _api = api;
        Identity = identity;
        HasRuleCounters = hasRuleCounters;
    }

    public string Name => "api";

    public VppIdentity Identity { get; }

    public Task Closed => _api.Closed;

    public ChannelReader<VppEvent> Events => _api.Events;

    /// <summary>No message of the binary API sets reclassify-sessions.</summary>
    public bool SessionsSurvive => true;

    public bool HasRuleCounters { get; }

    public static async Task<ApiTransport> ConnectAsync(
        string path, CallTimer timer, CancellationToken cancel)
    {
        ApiConnection api = await ApiConnection.ConnectAsync(path, timer, cancel).ConfigureAwait(false);
        try
        {
            byte[] version = await api.DoAsync("say its version", ApiMessages.ShowVersion, _ => { }, cancel)
                .ConfigureAwait(false);
            byte[] ping = await api.DoAsync("answer", ApiMessages.ControlPing, _ => { }, cancel)
                .ConfigureAwait(false);
            await api.DoAsync(
                "send events", ApiMessages.WantInterfaceEvents,
                w => w.U32(1).U32((uint)Environment.ProcessId), cancel).ConfigureAwait(false);
            await WantPeerEventsAsync(api, All, cancel).ConfigureAwait(false);

            // Matches per rule move only once this is on.
            bool hasRuleCounters = api.Has(ApiMessages.AclCounters) && new ApiReader(
                await api.CallAsync(ApiMessages.AclCounters, w => w.Bool(true), cancel)
                    .ConfigureAwait(false)).I32() == 0;
            return new ApiTransport(api, ParseIdentity(version, ping), hasRuleCounters);
        }
        catch
        {
            await api.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public string? FindDanger(VppChange change) => change is VppChange.CreateTunnel
        or VppChange.DeleteTunnel or VppChange.AddPeer or VppChange.RemovePeer ? _tunnelProblem : null;

    public async Task<string?> CheckTunnelsAsync(CancellationToken cancel)
    {
        // Without the plugin the message that is missing says so.
        if (_hasCheckedTunnels || !_api.Has(ApiMessages.WireguardCreate))
            return _tunnelProblem;
        (_tunnelProblem, _hasCheckedTunnels) =
            await new ApiTunnelProbe(_api).FindProblemAsync(cancel).ConfigureAwait(false);
        return _tunnelProblem;
    }

    public async Task<bool> HasStartedAsync(CancellationToken cancel)
    {
        // A VPP without this message cannot say it.
        if (!_api.Has(ApiMessages.CliInband))
            return true;
        byte[] reply = await _api.DoAsync(
            "show its processes", ApiMessages.CliInband, w => w.Text(StartupText.Command), cancel)
            .ConfigureAwait(false);
        return StartupText.HasRun(new ApiReader(reply).Text());
    }

    // VPP promises events of the peers that exist when it is asked, and of no others.
    private static async Task WantPeerEventsAsync(ApiConnection api, uint peerIndex, CancellationToken cancel)
    {
        if (!api.Has(ApiMessages.WantPeerEvents) || !api.Has(ApiMessages.PeerEvent))
            return;
        await api.CallAsync(
            ApiMessages.WantPeerEvents,
            w => w.U32(All).U32(peerIndex).U32(1).U32((uint)Environment.ProcessId), cancel)
            .ConfigureAwait(false);
    }

    public Task<IReadOnlyList<InterfaceCounters>?> ReadCountersAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<InterfaceCounters>?>(null);

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    public async Task<VppState> ObserveAsync(
        IReadOnlyCollection<PlacedRoute> routes, bool withAllAddresses, CancellationToken cancel)
    {
        VppTunnel[] tunnels =
            [.. (await DumpAsync(ApiMessages.WireguardDump, w => w.Bool(false).U32(All), cancel)
                .ConfigureAwait(false)).Select(ApiPeers.ReadTunnel)];
        HashSet<uint> tunnelIndexes = [.. tunnels.Select(t => t.InterfaceIndex)];
        List<VppInterface> interfaces = await InterfacesAsync(
            i => withAllAddresses || tunnelIndexes.Contains(i.Index), cancel).ConfigureAwait(false);
        List<VppAcl> acls =
            [.. (await DumpAsync(ApiMessages.AclDump, w => w.U32(All), cancel).ConfigureAwait(false))
                .Select(ApiAcls.ReadDetails)];
        Dictionary<uint, VppAclLists> lists = [];
        foreach (byte[] body in await DumpAsync(ApiMessages.AclListDump, w => w.U32(All), cancel)
            .ConfigureAwait(false))
        {
            (uint index, VppAclLists own) = ApiAcls.ReadLists(body);
            RequireNew(lists.TryAdd(index, own));
        }

        List<byte[]> peers = await DumpAsync(ApiMessages.PeersDump, w => w.U32(All), cancel)
            .ConfigureAwait(false);
        VppNat nat = await NatAsync(cancel).ConfigureAwait(false);
        var placed = new HashSet<PlacedRoute>();
        foreach (PlacedRoute route in routes)
        {
            if (await HasRouteAsync(route, interfaces, cancel).ConfigureAwait(false))
                placed.Add(route);
        }

        return new VppState(
            interfaces, acls, lists, tunnels, [.. peers.Select(ApiPeers.ReadPeer)], nat, placed);
    }

    public async Task ApplyAsync(VppChange change, VppIndexes indexes, CancellationToken cancel)
    {
        switch (change)
        {
            case VppChange.AddAcl add:
                indexes.SetAcl(add.Acl.Name,
                    await SetAclAsync(All, add.Acl, change, cancel).ConfigureAwait(false));
                break;
            case VppChange.ReplaceAcl replace:
                await SetAclAsync(indexes.Acl(replace.Acl.Name), replace.Acl, change, cancel)
                    .ConfigureAwait(false);
                break;
            case VppChange.DeleteAcl delete:
                await DoAsync(change, ApiMessages.AclDel, w => w.U32(delete.Index), cancel)
                    .ConfigureAwait(false);
                break;
            case VppChange.SetAclLists lists:
                await DoAsync(
                    lists, ApiMessages.AclSetList,
                    WriteAclLists(lists.Interface, lists.Inputs, lists.Outputs, indexes), cancel)
                    .ConfigureAwait(false);
                break;
            case VppChange.CutSessions cut:
                // Together: the interface is open from the first to the second, and must not stay so when the
                // bridge dies.
                await _api.DoAllAsync(
                    cut.ToString(), ApiMessages.AclSetList,
                    [
                        WriteAclLists(cut.Interface, [], [], indexes),
                        WriteAclLists(cut.Interface, cut.Inputs, cut.Outputs, indexes),
                    ],
                    cancel).ConfigureAwait(false);
                break;
            case VppChange.AddPeer add:
                byte[] added = await DoAsync(
                    change, ApiMessages.PeerAdd,
                    w => ApiPeers.WritePeer(w, indexes.Interface(add.Interface), add.Peer), cancel)
                    .ConfigureAwait(false);
                await WantPeerEventsAsync(_api, new ApiReader(added).U32(), cancel).ConfigureAwait(false);
                break;
            case VppChange.CreateTunnel create:
                byte[] reply = await DoAsync(
                    change, ApiMessages.WireguardCreate, w => ApiPeers.WriteTunnel(w, create.Tunnel), cancel)
                    .ConfigureAwait(false);
                indexes.SetInterface(create.Tunnel.InterfaceName, new ApiReader(reply).U32());
                break;
            case VppChange.DeleteTunnel delete:
                uint deleted = indexes.Interface(delete.Interface);
                await DoAsync(change, ApiMessages.WireguardDelete, w => w.U32(deleted), cancel)
                    .ConfigureAwait(false);
                break;
            default:
                await ApplyRestAsync(change, indexes, cancel).ConfigureAwait(false);
                break;
        }
    }

    private Task ApplyRestAsync(VppChange change, VppIndexes indexes, CancellationToken cancel) =>
        change switch
        {
            VppChange.AddAddress add => DoAsync(
                change, ApiMessages.InterfaceAddress,
                w => w.U32(indexes.Interface(add.Interface)).Bool(true).Bool(false).Prefix(add.Address),
                cancel),
            VppChange.SetUp up => DoAsync(
                change, ApiMessages.InterfaceSetFlags, w =>
                    w.U32(indexes.Interface(up.Interface)).U32(1), cancel),
            VppChange.RemovePeer remove => DoAsync(
                change, ApiMessages.PeerRemove, w => w.U32(remove.PeerIndex), cancel),
            VppChange.AddRoute add => DoAsync(
                change, ApiMessages.RouteAddDel,
                w => ApiRoutes.Write(w, true, add.Route, indexes.Interface(add.Interface)), cancel),
            VppChange.RemoveRoute remove => DoAsync(
                change, ApiMessages.RouteAddDel,
                w => ApiRoutes.Write(w, false, remove.Route, indexes.Interface(remove.Interface)), cancel),
            VppChange.EnableNat enable => DoAsync(
                change, ApiMessages.NatEnable,
                w => w.U32(0).U32(0).U32(enable.SessionsMax).U32(0).Bool(true).U8(0), cancel),
            VppChange.SetNatAddress address => DoAsync(
                change, ApiMessages.NatAddress,
                w => w.Bytes(address.Address.GetAddressBytes()).Bytes(address.Address.GetAddressBytes())
                    .U32(All).Bool(address.IsAdd).U8(0), cancel),
            VppChange.SetNatInterface side => DoAsync(
                change, ApiMessages.NatInterface,
                w => w.Bool(side.IsAdd).U8(side.IsInside ? NatInside : NatOutside)
                    .U32(indexes.Interface(side.Interface)),
                cancel),
            _ => throw new VppException(VppFault.Unsafe, $"the API transport does not know how to {change}"),
        };

    private Task<byte[]> DoAsync(
        VppChange change, string message, Action<ApiWriter> write, CancellationToken cancel) =>
        _api.DoAsync(change.ToString()!, message, write, cancel);

    private async Task<uint> SetAclAsync(uint index, Acl acl, VppChange change, CancellationToken cancel)
    {
        byte[] reply = await _api.CallAsync(
            ApiMessages.AclAddReplace, w => ApiAcls.Write(w, index, acl), cancel)
            .ConfigureAwait(false);

        // The index comes before the return value here.
        var reader = new ApiReader(reply);
        uint made = reader.U32();
        int value = reader.I32();
        return value == 0 ? made : throw ApiReturnValue.Refusal(change.ToString()!, value);
    }

    private static Action<ApiWriter> WriteAclLists(
        string name, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, VppIndexes indexes)
    {
        uint[] all = [.. inputs.Concat(outputs).Select(indexes.Acl)];
        return w =>
        {
            w.U32(indexes.Interface(name)).U8((byte)all.Length).U8((byte)inputs.Count);
            foreach (uint acl in all)
                w.U32(acl);
        };
    }

    private static VppIdentity ParseIdentity(byte[] version, byte[] ping)
    {
        var reader = new ApiReader(version);
        reader.Take(32);
        string text = reader.Text(32);
        var pingReader = new ApiReader(ping);
        pingReader.U32();
        return new VppIdentity("v" + text.TrimStart('v'), pingReader.U32());
    }

    private Task<List<byte[]>> DumpAsync(string message, Action<ApiWriter> write, CancellationToken cancel) =>
        _api.Has(message) ? _api.DumpAsync(message, write, cancel) : Task.FromResult(new List<byte[]>());

    private async Task<List<VppInterface>> InterfacesAsync(
        Func<VppInterface, bool> hasAddresses, CancellationToken cancel)
    {
        List<byte[]> details = await _api.DumpAsync(
            ApiMessages.InterfaceDump, w => w.U32(All).Bool(false).Text(string.Empty), cancel)
                .ConfigureAwait(false);
        VppInterface[] bare = [.. details.Select(ReadInterface)];
        Dictionary<uint, List<IpPrefix>> addresses = [];
        foreach (VppInterface item in bare)
            RequireNew(addresses.TryAdd(item.Index, []));
        Dictionary<uint, uint> lenders = await LendersAsync(cancel).ConfigureAwait(false);
        HashSet<uint> asked = [.. bare.Where(hasAddresses).Select(i => i.Index)];
        asked.UnionWith(lenders.Where(l => asked.Contains(l.Key)).Select(l => l.Value).ToArray());
        foreach (VppInterface[] some in bare.Where(i => asked.Contains(i.Index)).Chunk(AddressDumpsAtOnce))
        {
            Action<ApiWriter>[] asks = [.. some.SelectMany(i => (bool[])[false, true], AskAddresses)];
            foreach (byte[] body in await _api.DumpManyAsync(ApiMessages.AddressDump, asks, cancel)
                .ConfigureAwait(false))
            {
                (uint index, IpPrefix address) = ReadAddress(body);
                if (addresses.TryGetValue(index, out List<IpPrefix>? own))
                    own.Add(address);
            }
        }

        return [.. bare.Select(i => i with
        {
            Addresses = lenders.TryGetValue(i.Index, out uint lender)
                && addresses.TryGetValue(lender, out List<IpPrefix>? lent) && asked.Contains(i.Index)
                ? [.. addresses[i.Index], .. lent] : addresses[i.Index],
        })];
    }

    /// <summary>Unnumbered interfaces, and the interface whose addresses each uses. VPP's CLI shows those
    /// addresses as the interface's own; the binary API does not.</summary>
    private async Task<Dictionary<uint, uint>> LendersAsync(CancellationToken cancel)
    {
        Dictionary<uint, uint> lenders = [];
        foreach (byte[] body in await DumpAsync(ApiMessages.UnnumberedDump, w => w.U32(All), cancel)
            .ConfigureAwait(false))
        {
            var reader = new ApiReader(body);
            lenders[reader.U32()] = reader.U32();
        }

        return lenders;
    }

    private static void RequireNew(bool isNew)
    {
        if (!isNew)
            throw new VppException(VppFault.Away, "VPP showed one sw_if_index twice");
    }

    private static Action<ApiWriter> AskAddresses(VppInterface item, bool isV6) =>
        w => w.U32(item.Index).Bool(isV6);

    private static VppInterface ReadInterface(byte[] body)
    {
        var reader = new ApiReader(body);
        uint index = reader.U32();
        reader.Take(4 + 6);
        uint flags = reader.U32();
        reader.Take(4 + 4 + 4 + 2);
        uint mtu = reader.U32();
        reader.Take(12 + 4 + 1 + 2 + 2 + 4 + (4 * 4) + 2 + 6 + 6 + 2 + 4);
        return new VppInterface(index, reader.Text(64), (flags & 1) != 0, (flags & 2) != 0, mtu, []);
    }

    private static (uint Interface, IpPrefix Address) ReadAddress(byte[] body)
    {
        var reader = new ApiReader(body);
        return (reader.U32(), reader.Prefix());
    }

    private async Task<bool> HasRouteAsync(
        PlacedRoute route, List<VppInterface> interfaces, CancellationToken cancel)
    {
        if (interfaces.Find(i => i.Name == route.Interface) is not { } over)
            return false;
        byte[] reply = await _api.CallAsync(
            ApiMessages.RouteLookup, w => w.U32(0).U8(1).Prefix(route.Prefix), cancel).ConfigureAwait(false);
        return ApiRoutes.HasPath(reply, route.Via, over.Index);
    }

    private async Task<VppNat> NatAsync(CancellationToken cancel)
    {
        if (!_api.Has(ApiMessages.NatConfig))
            return VppNat.Disabled;
        byte[] config = await _api.CallAsync(ApiMessages.NatConfig, _ => { }, cancel).ConfigureAwait(false);
        List<IPAddress> addresses = [];
        foreach (byte[] body in await DumpAsync(ApiMessages.NatAddressDump, _ => { }, cancel)
            .ConfigureAwait(false))
        {
            // Flag 1 marks the twice-NAT pool, which is not ours.
            var reader = new ApiReader(body);
            var address = new IPAddress(reader.Take(4));
            if ((reader.U8() & 1) == 0)
                addresses.Add(address);
        }

        List<uint> inside = [], outside = [];
        foreach (byte[] body in await DumpAsync(ApiMessages.NatInterfaceDump, _ => { }, cancel)
            .ConfigureAwait(false))
        {
            var reader = new ApiReader(body);
            byte flags = reader.U8();
            uint index = reader.U32();
            if ((flags & NatInside) != 0)
                inside.Add(index);
            if ((flags & NatOutside) != 0)
                outside.Add(index);
        }

        return new VppNat(ReadSessions(config), addresses, inside, outside);
    }

    // A plugin that is off answers with zero sessions.
    private static uint ReadSessions(byte[] config)
    {
        var reader = new ApiReader(config);
        if (reader.I32() != 0)
            return 0;
        reader.Take(12);
        return reader.U32();
    }
}
