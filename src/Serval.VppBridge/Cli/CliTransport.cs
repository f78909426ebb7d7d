using System.Threading.Channels;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Cli;

/// <summary>VPP by way of its CLI socket. The CLI reports next to nothing, so every change is read back,
/// compared, and undone when VPP understood something else.</summary>
internal sealed partial class CliTransport : IVppTransport
{
    private readonly CliConnection _cli;
    private readonly bool _allowKeys;
    private readonly Channel<VppEvent> _events = Channel.CreateBounded<VppEvent>(1);

    private CliTransport(CliConnection cli, VppIdentity identity, bool allowKeys)
    {
        _cli = cli;
        _allowKeys = allowKeys;
        Identity = identity;
    }

    public string Name => "cli";

    public VppIdentity Identity { get; }

    public Task Closed => _cli.Closed;

    public ChannelReader<VppEvent> Events => _events.Reader;

    /// <summary>reclassify-sessions is set before every change of ACLs.</summary>
    public bool SessionsSurvive => false;

    /// <summary>No command turns the counters of rules on.</summary>
    public bool HasRuleCounters => false;

    public async Task<bool> HasStartedAsync(CancellationToken cancel) =>
        StartupText.HasRun(await RunAsync(StartupText.Command, cancel).ConfigureAwait(false));

    /// <summary>Every tunnel and peer is read back as it is made, so there is nothing to try; what a bridge
    /// on the binary API left behind is deleted.</summary>
    public async Task<string?> CheckTunnelsAsync(CancellationToken cancel)
    {
        List<CliInterfaceRow> rows = await InterfaceRowsAsync(cancel).ConfigureAwait(false);
        List<VppTunnel> tunnels = await TunnelsAsync(rows, cancel).ConfigureAwait(false);
        if (tunnels.Exists(ProbeTunnel.IsLeft))
        {
            await QuietAsync(
                CliCommand.Of("wireguard delete").Word(ProbeTunnel.Tunnel.InterfaceName), cancel)
                .ConfigureAwait(false);
        }

        return null;
    }

    /// <param name="path">The socket.</param>
    /// <param name="allowKeys">Whether private keys may go over the CLI, which VPP may write to its
    /// log.</param>
    /// <param name="timer">For connecting and for each command.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<CliTransport> ConnectAsync(
        string path, bool allowKeys, CallTimer timer, CancellationToken cancel)
    {
        CliConnection cli = await CliConnection.ConnectAsync(path, timer, cancel).ConfigureAwait(false);
        try
        {
            string text = await cli.RunAsync(CliCommand.Of("show version verbose"), cancel)
                .ConfigureAwait(false);
            return new CliTransport(cli, ParseIdentity(text), allowKeys);
        }
        catch
        {
            await cli.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<IReadOnlyList<InterfaceCounters>?> ReadCountersAsync(CancellationToken cancel)
    {
        var counters = new List<InterfaceCounters>();
        foreach (CliInterfaceRow row in await InterfaceRowsAsync(cancel).ConfigureAwait(false))
        {
            counters.Add(new InterfaceCounters(
                row.Name, row.Index,
                row.Counter("rx packets"), row.Counter("rx bytes"), row.Counter("tx packets"),
                    row.Counter("tx bytes"),
                row.Counter("drops"), row.Counter("rx-error"), row.Counter("tx-error"),
                    row.Counter("rx-miss"),
                row.Counter("punt"), row.Counter("ip4"), row.Counter("ip6")));
        }

        return counters;
    }

    public ValueTask DisposeAsync() => _cli.DisposeAsync();

    public async Task<VppState> ObserveAsync(
        IReadOnlyCollection<PlacedRoute> routes, bool withAllAddresses, CancellationToken cancel)
    {
        List<CliInterfaceRow> rows = await InterfaceRowsAsync(cancel).ConfigureAwait(false);
        Dictionary<string, List<IpPrefix>> addresses = CliTable.ParseAddresses(
            await RunAsync("show interface address", cancel).ConfigureAwait(false));
        var placed = new HashSet<PlacedRoute>();
        foreach (PlacedRoute route in routes)
        {
            if (await HasRouteAsync(route, cancel).ConfigureAwait(false))
                placed.Add(route);
        }

        return new VppState(
            [
                .. rows.Select(row => new VppInterface(
                    row.Index, row.Name, row.IsAdminUp, null, row.Mtu,
                    addresses.TryGetValue(row.Name, out List<IpPrefix>? found) ? found : [])),
            ],
            await AclsAsync(cancel).ConfigureAwait(false),
            await AclListsAsync(cancel).ConfigureAwait(false),
            await TunnelsAsync(rows, cancel).ConfigureAwait(false),
            await PeersAsync(rows, cancel).ConfigureAwait(false),
            await NatAsync(rows, cancel).ConfigureAwait(false),
            placed);
    }

    private static VppIdentity ParseIdentity(string text)
    {
        string version = string.Empty;
        uint pid = 0;
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("Version:", StringComparison.Ordinal))
                version = line["Version:".Length..].Trim();
            else if (line.StartsWith("Current PID:", StringComparison.Ordinal))
                pid = CliTable.Number(line["Current PID:".Length..].Trim());
        }

        return version.Length > 0 ? new VppIdentity(version, pid)
            : throw CliTable.Unreadable("show version verbose", text);
    }

    private Task<string> RunAsync(string fixedWords, CancellationToken cancel) =>
        _cli.RunAsync(CliCommand.Of(fixedWords), cancel);

    private async Task<List<CliInterfaceRow>> InterfaceRowsAsync(CancellationToken cancel) =>
        CliTable.ParseInterfaces(await RunAsync("show interface", cancel).ConfigureAwait(false));

    private async Task<List<VppAcl>> AclsAsync(CancellationToken cancel)
    {
        string text = await RunAsync("show acl-plugin acl", cancel).ConfigureAwait(false);
        return IsUnknown(text) ? [] : CliAclText.ParseShow(text);
    }

    private async Task<VppAcl?> AclAsync(uint index, CancellationToken cancel)
    {
        CliCommand command = CliCommand.Of("show acl-plugin acl index").Number(index);
        List<VppAcl> found = CliAclText.ParseShow(
            await _cli.RunAsync(command, cancel).ConfigureAwait(false));
        return found.Count < 2 && found.TrueForAll(acl => acl.Index == index)
            ? found.SingleOrDefault()
            : throw CliTable.Unreadable("show acl-plugin acl index", "another ACL");
    }

    private async Task<Dictionary<uint, VppAclLists>> AclListsAsync(CancellationToken cancel)
    {
        string text = await RunAsync("show acl-plugin interface", cancel).ConfigureAwait(false);
        return IsUnknown(text) ? [] : CliAclText.ParseLists(text);
    }

    private async Task<List<VppTunnel>> TunnelsAsync(List<CliInterfaceRow> rows, CancellationToken cancel)
    {
        string text = await RunAsync("show wireguard interface", cancel).ConfigureAwait(false);
        return IsUnknown(text) ? [] : CliWireguardText.ParseInterfaces(text, name => FindIndex(rows, name));
    }

    private async Task<List<VppPeer>> PeersAsync(List<CliInterfaceRow> rows, CancellationToken cancel)
    {
        string text = await RunAsync("show wireguard peer", cancel).ConfigureAwait(false);
        return IsUnknown(text) ? [] : CliWireguardText.ParsePeers(text, name => FindIndex(rows, name));
    }

    private async Task<VppNat> NatAsync(List<CliInterfaceRow> rows, CancellationToken cancel)
    {
        uint sessionsMax = CliNatText.ParseSessions(
            await RunAsync("show nat44 summary", cancel).ConfigureAwait(false));
        if (sessionsMax == 0)
            return VppNat.Disabled;
        string addresses = await RunAsync("show nat44 addresses", cancel).ConfigureAwait(false);
        string interfaces = await RunAsync("show nat44 interfaces", cancel).ConfigureAwait(false);
        return CliNatText.Parse(sessionsMax, addresses, interfaces, name => FindIndex(rows, name));
    }

    private async Task<bool> HasRouteAsync(PlacedRoute route, CancellationToken cancel)
    {
        CliCommand command = CliCommand.Of(route.Prefix.IsV6 ? "show ip6 fib" : "show ip fib")
            .Prefix(route.Prefix);
        string[] lines = (await _cli.RunAsync(command, cancel).ConfigureAwait(false)).Split('\n');
        return lines.Any(line => line.StartsWith($"{route.Prefix} fib:", StringComparison.Ordinal))
            && lines.Any(line => line.Trim() == $"{route.Via} {route.Interface}");
    }

    /// <summary>Throws when the answer says that VPP has no such command.</summary>
    private static void RequirePlugin(string reply, string words, string plugin)
    {
        if (reply.Contains($"unknown input `{words}", StringComparison.Ordinal))
        {
            throw new VppException(
                VppFault.Refused,
                $"this VPP has no CLI command with '{words}': its {plugin} plugin is not loaded");
        }
    }

    // What a plugin that is not loaded answers. Only how it begins counts: what follows an index or a name is
    // in the hands of others.
    private static bool IsUnknown(string text) => text.StartsWith("unknown input `", StringComparison.Ordinal)
        || (text.StartsWith("show", StringComparison.Ordinal)
            && text.Contains(": unknown input `", StringComparison.Ordinal));

    private static uint? FindIndex(List<CliInterfaceRow> rows, string name) =>
        rows.Find(row => row.Name == name)?.Index;
}
