using System.Text.RegularExpressions;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Cli;

internal sealed partial class CliTransport
{
    // No ACL of a user can have this name: names begin with a letter or digit.
    private const string RehearsalName = ".rehearsal";

    public string? FindDanger(VppChange change) => change switch
    {
        VppChange.CreateTunnel when !_allowKeys =>
            "VPP may write CLI commands, and with them the private key, to its log; use the binary API "
            + "(--vpp-transport=api), or say --allow-keys-over-cli",
        VppChange.SetAclLists lists when !IsPrefixStep(lists.InputsBefore, lists.Inputs)
            || !IsPrefixStep(lists.OutputsBefore, lists.Outputs) =>
            "VPP's CLI changes the ACL list of an interface one by one, and a list half changed can let "
            + "through what neither list does; it can only append or take from the end. Use the binary API "
            + "(--vpp-transport=api)",
        VppChange.AddAcl add when RenderedBytes(add.Acl) > Limits.CliCommandBytesMax => TooLong(add.Acl),
        VppChange.ReplaceAcl replace when RenderedBytes(replace.Acl) > Limits.CliCommandBytesMax =>
            TooLong(replace.Acl),
        _ => null,
    };

    public Task ApplyAsync(VppChange change, VppIndexes indexes, CancellationToken cancel)
    {
        if (FindDanger(change) is { } danger)
            throw new VppException(VppFault.Unsafe, danger);
        return change switch
        {
            VppChange.AddAcl add => AddAclAsync(add.Acl, indexes, cancel),
            VppChange.ReplaceAcl replace => ReplaceAclAsync(replace, indexes.Acl(replace.Acl.Name), cancel),
            VppChange.DeleteAcl delete => DeleteAclAsync(delete.Index, Acl.TagPrefix + delete.Name, cancel),
            VppChange.SetAclLists lists => SetAclListsAsync(lists, indexes, cancel),
            VppChange.CreateTunnel create => CreateTunnelAsync(create.Tunnel, indexes, cancel),
            VppChange.DeleteTunnel delete =>
                QuietAsync(CliCommand.Of("wireguard delete").Word(delete.Interface), cancel),
            VppChange.AddAddress add => AddAddressAsync(add, cancel),
            VppChange.SetUp up => SetUpAsync(up.Interface, cancel),
            VppChange.AddPeer add => AddPeerAsync(add, indexes.Interface(add.Interface), cancel),
            VppChange.RemovePeer remove => RemovePeerAsync(remove, cancel),
            VppChange.AddRoute add => SetRouteAsync("add", add.Interface, add.Route, cancel),
            VppChange.RemoveRoute remove => SetRouteAsync("del", remove.Interface, remove.Route, cancel),
            VppChange.EnableNat enable =>
                QuietAsync(CliCommand.Of("nat44 plugin enable sessions").Number(enable.SessionsMax), cancel),
            VppChange.SetNatAddress address => SetNatAddressAsync(address, cancel),
            VppChange.SetNatInterface side =>
                SetNatInterfaceAsync(side, indexes.Interface(side.Interface), cancel),
            _ => throw new VppException(VppFault.Unsafe, $"the CLI transport does not know how to {change}"),
        };
    }

    private static bool IsPrefixStep(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        int common = Math.Min(before.Count, after.Count);
        return before.Take(common).SequenceEqual(after.Take(common));
    }

    private static int RenderedBytes(Acl acl) =>
        CliAclText.RenderSet(acl, uint.MaxValue).ToString().Length + 2;

    private static string TooLong(Acl acl) =>
        $"the {acl.Rules.Count} rules of ACL {acl.Name} do not fit one command of VPP's CLI; use the "
        + "binary API "
        + "(--vpp-transport=api)";

    // Success is silence; anything that is printed is a refusal, though VPP may have acted before it
    // complained.
    private async Task QuietAsync(CliCommand command, CancellationToken cancel)
    {
        string reply = await _cli.RunAsync(command, cancel).ConfigureAwait(false);
        RequirePlugin(reply, "acl-plugin", "acl");
        RequirePlugin(reply, "set acl-plugin", "acl");
        RequirePlugin(reply, "wireguard", "wireguard");
        RequirePlugin(reply, "nat44", "nat");
        if (!string.IsNullOrWhiteSpace(reply))
            throw new VppException(VppFault.Refused, $"VPP refused: {reply.Trim()}");
    }

    private async Task AddAclAsync(Acl acl, VppIndexes indexes, CancellationToken cancel)
    {
        uint index = await SetNewAclAsync(acl, cancel).ConfigureAwait(false);
        indexes.SetAcl(acl.Name, index);
    }

    /// <summary>Makes an ACL, bound nowhere; deletes it again when it is not what was asked for.</summary>
    private async Task<uint> SetNewAclAsync(Acl acl, CancellationToken cancel)
    {
        string reply = await _cli.RunAsync(CliAclText.RenderSet(acl, null), cancel).ConfigureAwait(false);
        RequirePlugin(reply, "acl-plugin", "acl");
        RequirePlugin(reply, "set acl-plugin", "acl");
        Match match = AclIndex().Match(reply);
        if (!match.Success)
            throw new VppException(VppFault.Refused, $"VPP did not make ACL {acl.Name}, and did not say why");
        uint index = CliTable.Number(match.Groups[1].Value);
        if (IsAsAsked(await AclAsync(index, cancel).ConfigureAwait(false), acl))
            return index;
        await DeleteAclAsync(index, null, cancel).ConfigureAwait(false);
        throw new VppException(
            VppFault.Misunderstood,
                $"VPP understood other rules than ACL {acl.Name} has; they were taken away again");
    }

    /// <summary>Rehearses on an ACL that is bound nowhere, so that rules VPP misunderstands never meet a
    /// packet.</summary>
    private async Task ReplaceAclAsync(VppChange.ReplaceAcl change, uint index, CancellationToken cancel)
    {
        uint rehearsal = await SetNewAclAsync(change.Acl with { Name = RehearsalName }, cancel)
            .ConfigureAwait(false);
        await DeleteAclAsync(rehearsal, Acl.TagPrefix + RehearsalName, cancel).ConfigureAwait(false);
        await ReclassifySessionsAsync(cancel).ConfigureAwait(false);
        await _cli.RunAsync(CliAclText.RenderSet(change.Acl, index), cancel).ConfigureAwait(false);
        if (IsAsAsked(await AclAsync(index, cancel).ConfigureAwait(false), change.Acl))
            return;
        await _cli.RunAsync(CliAclText.RenderSet(change.Acl with { Rules = change.Before }, index), cancel)
            .ConfigureAwait(false);
        throw new VppException(
            VppFault.Misunderstood,
                $"VPP did not take the rules of ACL {change.Acl.Name}");
    }

    /// <summary>Lets VPP look again at the sessions that reflecting rules opened: otherwise they pass
    /// whatever the new rules say. Others may have turned it off, so it is set each time.</summary>
    private Task ReclassifySessionsAsync(CancellationToken cancel) =>
        RunAsync("set acl-plugin reclassify-sessions 1", cancel);

    private static bool IsAsAsked(VppAcl? seen, Acl asked) =>
        seen is not null && seen.Tag == asked.Tag && seen.Rules.SequenceEqual(asked.Rules);

    private async Task DeleteAclAsync(uint index, string? tag, CancellationToken cancel)
    {
        if (tag is not null && (await AclAsync(index, cancel).ConfigureAwait(false))?.Tag != tag)
            throw new VppException(VppFault.Refused, $"ACL index {index} is no longer {tag}");
        string reply = await _cli.RunAsync(
            CliCommand.Of("delete acl-plugin acl index").Number(index), cancel).ConfigureAwait(false);
        if (!reply.StartsWith("Deleted ACL index:", StringComparison.Ordinal))
            throw new VppException(
                VppFault.Refused, $"VPP did not delete ACL index {index}: in use, or missing");
    }

    private async Task SetAclListsAsync(
        VppChange.SetAclLists change, VppIndexes indexes, CancellationToken cancel)
    {
        uint swIfIndex = indexes.Interface(change.Interface);
        await ReclassifySessionsAsync(cancel).ConfigureAwait(false);
        await SetAclListAsync(change.Interface, "input", change.InputsBefore, change.Inputs, indexes, cancel)
            .ConfigureAwait(false);
        await SetAclListAsync(
            change.Interface, "output", change.OutputsBefore, change.Outputs, indexes, cancel)
            .ConfigureAwait(false);
        var asked = new VppAclLists(
            [.. change.Inputs.Select(indexes.Acl)], [.. change.Outputs.Select(indexes.Acl)]);
        Dictionary<uint, VppAclLists> seen = await AclListsAsync(cancel).ConfigureAwait(false);
        if (!seen.GetValueOrDefault(swIfIndex, VppAclLists.Empty).IsSame(asked))
            throw new VppException(
                VppFault.Misunderstood, $"VPP did not take the ACLs of {change.Interface}");
    }

    // A list that is a beginning of the other lets through no more than the wider of the two, so each step is
    // safe.
    private async Task SetAclListAsync(
        string name, string side, IReadOnlyList<string> before, IReadOnlyList<string> after,
            VppIndexes indexes,
        CancellationToken cancel)
    {
        for (int i = before.Count - 1; i >= after.Count; i--)
        {
            await QuietAsync(BindCommand(name, side, indexes.Acl(before[i])).Literal("del"), cancel)
                .ConfigureAwait(false);
        }

        for (int i = before.Count; i < after.Count; i++)
            await QuietAsync(BindCommand(name, side, indexes.Acl(after[i])), cancel).ConfigureAwait(false);
    }

    private static CliCommand BindCommand(string name, string side, uint acl) =>
        CliCommand.Of("set acl-plugin interface").Word(name).Literal(side).Literal("acl").Number(acl);

    private async Task CreateTunnelAsync(Tunnel tunnel, VppIndexes indexes, CancellationToken cancel)
    {
        string reply = await _cli.RunAsync(
            CliCommand.Of("wireguard create instance").Number(tunnel.Instance)
                .Literal("listen-port").Number(tunnel.ListenPort)
                .Literal("private-key").Word(tunnel.Key.RevealBase64())
                .Literal("src").Address(tunnel.LocalAddress),
            cancel).ConfigureAwait(false);
        RequirePlugin(reply, "wireguard", "wireguard");
        if (reply.Trim() != tunnel.InterfaceName)
        {
            // The reply can quote the command, and the command holds the key.
            throw new VppException(
                VppFault.Refused, $"VPP did not make {tunnel.InterfaceName} for tunnel {tunnel.Name}");
        }

        List<CliInterfaceRow> rows = await InterfaceRowsAsync(cancel).ConfigureAwait(false);
        List<VppTunnel> seen = await TunnelsAsync(rows, cancel).ConfigureAwait(false);
        VppTunnel? made = seen.Find(t => t.Instance == tunnel.Instance);
        if (made is null || made.PublicKey != tunnel.Key.PublicKey || made.ListenPort != tunnel.ListenPort
            || !made.LocalAddress.Equals(tunnel.LocalAddress))
        {
            await QuietAsync(CliCommand.Of("wireguard delete").Word(tunnel.InterfaceName), cancel)
                .ConfigureAwait(false);
            throw new VppException(
                VppFault.Misunderstood, $"VPP made another tunnel than {tunnel.Name}; it was deleted");
        }

        indexes.SetInterface(tunnel.InterfaceName, made.InterfaceIndex);
    }

    private async Task AddAddressAsync(VppChange.AddAddress change, CancellationToken cancel)
    {
        await QuietAsync(
            CliCommand.Of("set interface ip address").Word(change.Interface).Prefix(change.Address), cancel)
            .ConfigureAwait(false);
        Dictionary<string, List<IpPrefix>> seen = CliTable.ParseAddresses(
            await RunAsync("show interface address", cancel).ConfigureAwait(false));
        if (!seen.TryGetValue(change.Interface, out List<IpPrefix>? own) || !own.Contains(change.Address))
            throw new VppException(VppFault.Misunderstood, $"VPP did not take address {change.Address}");
    }

    private async Task SetUpAsync(string name, CancellationToken cancel)
    {
        await QuietAsync(CliCommand.Of("set interface state").Word(name).Literal("up"), cancel)
            .ConfigureAwait(false);
        List<CliInterfaceRow> rows = await InterfaceRowsAsync(cancel).ConfigureAwait(false);
        if (!rows.Exists(row => row.Name == name && row.IsAdminUp))
            throw new VppException(VppFault.Misunderstood, $"VPP did not set {name} up");
    }

    private async Task AddPeerAsync(VppChange.AddPeer change, uint swIfIndex, CancellationToken cancel)
    {
        TunnelPeer peer = change.Peer;
        CliCommand command = CliCommand.Of("wireguard peer add").Word(change.Interface)
            .Literal("public-key").Word(peer.PublicKey);
        if (peer.EndpointAddress is not null)
            command.Literal("endpoint").Address(peer.EndpointAddress).Literal("dst-port")
                .Number(peer.EndpointPort);
        foreach (IpPrefix allowed in peer.AllowedIps)
            command.Literal("allowed-ip").Prefix(allowed);
        if (peer.KeepaliveS != 0)
            command.Literal("persistent-keepalive").Number(peer.KeepaliveS);
        await QuietAsync(command, cancel).ConfigureAwait(false);

        List<CliInterfaceRow> rows = await InterfaceRowsAsync(cancel).ConfigureAwait(false);
        List<VppPeer> peers = await PeersAsync(rows, cancel).ConfigureAwait(false);
        VppPeer? made = peers.Find(p => p.Peer.PublicKey == peer.PublicKey && p.InterfaceIndex == swIfIndex);
        if (made is not null && peer.IsHeldBy(made.Peer))
            return;
        if (made is not null)
        {
            await QuietAsync(CliCommand.Of("wireguard peer remove").Number(made.PeerIndex), cancel)
                .ConfigureAwait(false);
        }

        throw new VppException(
            VppFault.Misunderstood, $"VPP made another peer than {peer.PublicKey}; it was removed");
    }

    private async Task RemovePeerAsync(VppChange.RemovePeer change, CancellationToken cancel)
    {
        List<CliInterfaceRow> rows = await InterfaceRowsAsync(cancel).ConfigureAwait(false);
        List<VppPeer> peers = await PeersAsync(rows, cancel).ConfigureAwait(false);
        if (!peers.Exists(p => p.PeerIndex == change.PeerIndex && p.Peer.PublicKey == change.PublicKey))
            throw new VppException(VppFault.Refused, $"peer {change.PublicKey} is no longer where it was");
        await QuietAsync(CliCommand.Of("wireguard peer remove").Number(change.PeerIndex), cancel)
            .ConfigureAwait(false);
    }

    private async Task SetRouteAsync(string verb, string name, TunnelRoute route, CancellationToken cancel)
    {
        CliCommand command = CliCommand.Of("ip route").Literal(verb).Prefix(route.Prefix)
            .Literal("via").Address(route.Via).Word(name);
        await QuietAsync(command, cancel).ConfigureAwait(false);
        bool isThere = await HasRouteAsync(new PlacedRoute(route.Prefix, route.Via, name), cancel)
            .ConfigureAwait(false);
        if (isThere != (verb == "add"))
            throw new VppException(
                VppFault.Misunderstood, $"VPP did not {verb} route {route.Prefix} via {route.Via}");
    }

    private async Task SetNatAddressAsync(VppChange.SetNatAddress change, CancellationToken cancel)
    {
        CliCommand command = CliCommand.Of("nat44 add address").Address(change.Address);
        await QuietAsync(change.IsAdd ? command : command.Literal("del"), cancel).ConfigureAwait(false);
        VppNat nat = await NatAsync([], cancel).ConfigureAwait(false);
        if (nat.Addresses.Contains(change.Address) != change.IsAdd)
            throw new VppException(
                VppFault.Misunderstood, $"VPP did not take NAT44 address {change.Address}");
    }

    private async Task SetNatInterfaceAsync(
        VppChange.SetNatInterface change, uint swIfIndex, CancellationToken cancel)
    {
        CliCommand command = CliCommand.Of("set interface nat44")
            .Literal(change.IsInside ? "in" : "out").Word(change.Interface);
        await QuietAsync(change.IsAdd ? command : command.Literal("del"), cancel).ConfigureAwait(false);
        VppNat nat = await NatAsync(await InterfaceRowsAsync(cancel).ConfigureAwait(false), cancel)
            .ConfigureAwait(false);
        if ((change.IsInside ? nat.Inside : nat.Outside).Contains(swIfIndex) != change.IsAdd)
            throw new VppException(VppFault.Misunderstood, $"VPP did not take {change.Interface} for NAT44");
    }

    [GeneratedRegex(@"^ACL index:(\d{1,10})\s*$", RegexOptions.None, 1000)]
    private static partial Regex AclIndex();
}
