using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Tests.Simulation;

/// <summary>VPP's command line as recorded: it swallows errors, bends rules it does not understand, and says
/// nothing on success. Text is returned with LF.</summary>
internal sealed partial class SimulatedCli(SimulatedState state, uint pid)
{
    public string Run(string line)
    {
        string command = line.Trim();
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return command switch
        {
            "" => "",
            _ when FindMissing(command) is { } unknown => unknown,
            "show runtime" => ShowRuntime(),
            "set acl-plugin reclassify-sessions 1" => Reclassify(),
            "show version verbose" =>
                "Version:                  v26.06-release\nCompiled by:              root\nCurrent PID:  "
                    + $"            {pid}\n",
            "show interface" => ShowInterfaces(),
            "show interface address" => ShowAddresses(),
            "show acl-plugin interface" => ShowLists(),
            "show acl-plugin acl" => string.Concat(state.Acls.Values.Select(ShowAcl)),
            "show wireguard interface" => ShowTunnels(),
            "show wireguard peer" => ShowPeers(),
            "show nat44 summary" => state.IsNatEnabled
                ? $"max translations per thread: {state.NatSessions} fib 0\n" : "total sessions: 0\n",
            "show nat44 addresses" => "NAT44 pool addresses:\n"
                + string.Concat(state.NatAddresses.Select(a => a + "\n  tenant VRF independent\n"))
                + "NAT44 twice-nat pool addresses:\n",
            "show nat44 interfaces" => ShowNatInterfaces(),
            _ when command.StartsWith("show acl-plugin acl index ", StringComparison.Ordinal) =>
                state.Acls.TryGetValue(uint.Parse(words[^1], CultureInfo.InvariantCulture), out VppAcl? acl)
                    ? ShowAcl(acl) : "",
            _ when command.StartsWith("set acl-plugin acl", StringComparison.Ordinal) =>
                SetAcl(command["set acl-plugin acl".Length..]),
            _ when command.StartsWith("delete acl-plugin acl", StringComparison.Ordinal) => DeleteAcl(words),
            _ when command.StartsWith("set acl-plugin interface ", StringComparison.Ordinal) => Bind(words),
            _ when command.StartsWith("wireguard ", StringComparison.Ordinal) => Wireguard(words),
            _ when command.StartsWith("set interface ", StringComparison.Ordinal) => SetInterface(words),
            _ when command.StartsWith("ip route ", StringComparison.Ordinal) => Route(words),
            _ when command.StartsWith("show ip", StringComparison.Ordinal) => ShowRoute(words[^1]),
            _ when command.StartsWith("nat44 ", StringComparison.Ordinal) => Nat(words),
            _ => $"unknown input `{(command.Length > 30 ? command[..30] + "..." : command)}'\n",
        };
    }

    // What VPP answers when no plugin brought the command.
    private string? FindMissing(string command)
    {
        foreach ((string plugin, string words) in ((string, string)[])
            [("acl", "acl-plugin"), ("wireguard", "wireguard"), ("nat", "nat44")])
        {
            int at = command.IndexOf(words, StringComparison.Ordinal);
            if (at < 0 || !state.MissingPlugins.Contains(plugin))
                continue;
            string rest = command[at..];
            return (at == 0 ? "" : command[..(at - 1)] + ": ")
                + $"unknown input `{(rest.Length > 30 ? rest[..30] + "..." : rest)}'\n";
        }

        return null;
    }

    // As VPP 26.06 prints it: the process has called once when it is over, and only suspended before.
    private string ShowRuntime() =>
        "Time 196.9, 10.000000 sec internal node vector rate 1.00 loops/sec 3261.83\n"
        + "             Name                 State         Calls          Vectors        Suspends      "
        + "Packet-Clocks   Vectors/Call  \n"
        + "rd-cp-process                  \"any wait\"                0               0               1"
        + "          2.06e4            0.00\n"
        + (state.HasStarted
            ? "startup-config-process        \"not started               1               0               1"
            : "startup-config-process         \"time wait\"               0               0               1")
        + "          1.60e4            0.00\n";

    private string Reclassify()
    {
        state.ReclassifiesSessions = true;
        return "";
    }

    private string SetAcl(string text)
    {
        var scanner = new RuleScanner(text);
        if (scanner.IsAtEnd)
            return "";
        scanner.Scan();
        if (scanner.Tag.Length > 63)
            return "";
        (int value, uint index) = state.SetAcl(scanner.Index, scanner.Tag, scanner.Rules);
        return value == 0 ? $"ACL index:{index}\n" : "";
    }

    private string DeleteAcl(string[] words)
    {
        if (words is not [_, _, _, "index", var number])
            return words.Length == 3 ? "" : "delete acl-plugin acl: failed\n";
        uint index = uint.Parse(number, CultureInfo.InvariantCulture);
        return state.DeleteAcl(index) == 0 ? $"Deleted ACL index:{index}\n"
            : "delete acl-plugin acl: failed\n";
    }

    private string Bind(string[] words)
    {
        if (words.Length < 7 || state.Find(words[3]) is not { } found)
            return "";
        uint acl = uint.Parse(words[6], CultureInfo.InvariantCulture);
        List<uint> list = words[4] == "input" ? state.Lists[found.Index].Inputs
            : state.Lists[found.Index].Outputs;
        if (words.Length > 7 && words[7] == "del")
            list.Remove(acl);
        else if (state.Acls.ContainsKey(acl) && !list.Contains(acl))
            list.Add(acl);
        state.ChangePolicy(found.Index);
        return "";
    }

    private string Wireguard(string[] words)
    {
        Dictionary<string, string> named = [];
        for (int i = 2; i + 1 < words.Length; i++)
            named.TryAdd(words[i], words[i + 1]);
        switch (words[1])
        {
            case "create":
                uint instance = named.TryGetValue("instance", out string? n)
                    ? uint.Parse(n, CultureInfo.InvariantCulture) : uint.MaxValue;
                if (!PrivateKey.TryParse(named["private-key"], out PrivateKey? key))
                    return "wireguard create: Error parsing private key\n";
                (int value, uint index) = state.CreateTunnel(
                    instance, ushort.Parse(named["listen-port"], CultureInfo.InvariantCulture),
                    IPAddress.Parse(named["src"]), key!);
                return value == 0 ? state.Interfaces[index].Name + "\n"
                    : "wireguard create: wireguard interface create failed\n";
            case "delete":
                if (state.Find(words[2]) is not { } found)
                    return $"wireguard delete: no such interface: {words[2]}\n";
                return state.DeleteTunnel(found.Index) == 0 ? ""
                    : "wireguard delete: wireguard interface delete failed\n";
            case "peer" when words[2] == "add":
                return AddPeer(words);
            case "peer":
                state.Peers.Remove(uint.Parse(words[3], CultureInfo.InvariantCulture));
                return "";
            default:
                return "";
        }
    }

    private string AddPeer(string[] words)
    {
        if (state.Find(words[3]) is not { Tunnel: not null } over)
            return "wireguard peer add: Tunnel is not specified\n";
        string key = "";
        IPAddress? endpoint = null;
        ushort port = 0, keepalive = 0;
        var allowed = new List<IpPrefix>();
        for (int i = 4; i + 1 < words.Length; i += 2)
        {
            switch (words[i])
            {
                case "public-key": key = words[i + 1]; break;
                case "endpoint": endpoint = IPAddress.Parse(words[i + 1]); break;
                case "dst-port": port = ushort.Parse(words[i + 1], CultureInfo.InvariantCulture); break;
                case "persistent-keepalive":
                    keepalive =
                    ushort.Parse(words[i + 1], CultureInfo.InvariantCulture); break;
                case "allowed-ip" when IpPrefix.TryParse(words[i + 1], out IpPrefix prefix):
                    allowed.Add(
                    prefix); break;
                default: return "wireguard peer add: Input error\n";
            }
        }

        var peer = new TunnelPeer(key, endpoint, port, keepalive, allowed, null, []);
        return state.AddPeer(over.Index, peer).Value == 0 ? "" : "wireguard peer add: Peer already exist\n";
    }

    private string SetInterface(string[] words)
    {
        switch (words[2])
        {
            case "state" when state.Find(words[3]) is { } found:
                found.IsUp = words[4] == "up";
                return "";
            case "state":
                return $"set interface state: unknown interface `{string.Join(' ', words[3..])}'\n";
            case "ip" when state.Find(words[4]) is { } found
                && IpPrefix.TryParse(words[5], out IpPrefix address):
                return state.AddAddress(found.Index, address) == 0
                    ? ""
                    : $"set interface ip address: failed to add {address} on {found.Name} which conflicts\n";
            case "nat44" when state.Find(words[4]) is { } found && state.IsNatEnabled:
                (uint, bool) entry = (found.Index, words[3] == "in");
                state.NatInterfaces.Remove(entry);
                if (words.Length == 5)
                    state.NatInterfaces.Add(entry);
                return "";
            case "nat44":
                return $"set interface nat44: add {words[4]} failed\n";
            default:
                return "unknown input\n";
        }
    }

    private string Route(string[] words)
    {
        if (words is not [_, _, var verb, var prefixText, "via", var hop, var name]
            || !IpPrefix.TryParse(prefixText, out IpPrefix prefix) || state.Find(name) is null)
            return "ip route: parse error\n";
        var route = new PlacedRoute(prefix, IPAddress.Parse(hop), name);
        if (verb == "add")
            state.Routes.Add(route);
        else
            state.Routes.Remove(route);
        return "";
    }

    private string ShowRoute(string prefix)
    {
        const string Head =
            "ipv4-VRF:0, fib_index:0, flow hash:[src dst sport dport proto flowlabel ] epoch:0 flags:none\n";
        PlacedRoute? found = state.Routes.Where(r => r.Prefix.ToString() == prefix).Cast<PlacedRoute?>()
            .FirstOrDefault();
        return found is null ? Head : Head + $"{prefix} fib:0 index:24 locks:2\n  CLI refs:1\n        "
            + $"{found.Value.Via} {found.Value.Interface}\n";
    }

    private string Nat(string[] words)
    {
        if (words[1] == "plugin")
        {
            if (state.IsNatEnabled)
                return "nat44 plugin: already enabled\n";
            state.EnableNat(uint.Parse(words[^1], CultureInfo.InvariantCulture));
            return "";
        }

        // A plugin that is off says nothing.
        if (!state.IsNatEnabled)
            return "";
        IPAddress address = IPAddress.Parse(words[3]);
        if (words[^1] == "del")
            return state.NatAddresses.Remove(address) ? "" : "nat44 add address: NAT address not exist.\n";
        if (state.NatAddresses.Contains(address))
            return "nat44 add address: NAT address already in use.\n";
        state.NatAddresses.Add(address);
        return "";
    }

    private string ShowInterfaces()
    {
        var text = new StringBuilder(
            "              Name               Idx    State  MTU (L3/IP4/IP6/MPLS)     Counter          "
                + "Count     \n");
        foreach (SimulatedInterface item in state.Interfaces.Values.OrderBy(
            i => i.Name, StringComparer.Ordinal))
        {
            string mtu = item.Mtu + "/0/0/0";
            text.Append(CultureInfo.InvariantCulture,
                $"{item.Name,-32}{"  " + item.Index,-5}{(item.IsUp ? "up" : "down"),10}{mtu,21}\n");
        }

        return text.ToString();
    }

    private string ShowAddresses() => string.Concat(state.Interfaces.Values.Select(i =>
        $"{i.Name} ({(i.IsUp ? "up" : "dn")}):"
        + (i.Lender is { } lender ? $" \n  unnumbered, use {state.Interfaces[lender].Name}\n" : "\n")
        + string.Concat(i.Addresses.Select(a => $"  L3 {a}\n"))));

    private string ShowLists() => string.Concat(state.Lists.OrderBy(l => l.Key).Select(l =>
        $"sw_if_index {l.Key}:\n"
        + (l.Value.Inputs.Count > 0 ? $"  input acl(s): {string.Join(", ", l.Value.Inputs)}\n" : "")
        + (l.Value.Outputs.Count > 0 ? $"  output acl(s): {string.Join(", ", l.Value.Outputs)}\n" : "")));

    private string ShowAcl(VppAcl acl)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"acl-index {acl.Index} count {acl.Rules.Count} tag {{{acl.Tag}}}\n");
        for (int i = 0; i < acl.Rules.Count; i++)
        {
            AclRule r = acl.Rules[i];
            string action = r.Action switch
            {
                AclAction.Deny => "deny",
                AclAction.Permit => "permit",
                _ =>
                "permit+reflect"
            };
            text.Append(
                CultureInfo.InvariantCulture,
                $"          {i}: ipv{(r.Source.IsV6 ? 6 : 4)} {action} src {r.Source} dst {r.Destination} "
                    + $"proto {r.Protocol}");
            text.Append(CultureInfo.InvariantCulture,
                $" sport {Ports(r.SourcePorts)} dport {Ports(r.DestinationPorts)}");
            if (r.TcpFlagsMask != 0)
                text.Append(CultureInfo.InvariantCulture,
                    $" tcpflags {r.TcpFlagsValue} mask {r.TcpFlagsMask}");
            text.Append('\n');
        }

        uint[] inbound = [.. state.Lists.Where(l => l.Value.Inputs.Contains(acl.Index)).Select(l => l.Key)];
        if (inbound.Length > 0)
            text.Append("  applied inbound on sw_if_index: ").AppendJoin(", ", inbound).Append('\n');
        return text.ToString();
    }

    private string ShowTunnels() =>
        string.Concat(state.Interfaces.Values.Where(i => i.Tunnel is not null).Select((i, n) =>
        $"[{n}] {i.Name} src:{i.Tunnel!.LocalAddress} port:{i.Tunnel.ListenPort} "
            + $"private-key:{i.Key!.RevealBase64()} 00ff"
        + $" public-key:{i.Key.PublicKey} 00ff mac-key: 00ff\n"));

    private string ShowPeers() => string.Concat(state.Peers.Values.Select(p =>
    {
        SimulatedInterface over = state.Interfaces[p.InterfaceIndex];
        return $"[{p.PeerIndex}] endpoint:[{over.Tunnel!.LocalAddress}:{over.Tunnel.ListenPort}->"
            + $"{p.Peer.EndpointAddress ?? IPAddress.Any}:{p.Peer.EndpointPort}] {over.Name}"
            + $" keep-alive:{p.Peer.KeepaliveS} flags: {(p.Status == PeerStatus.Established ? 2 : 0)}"
            + ", api-clients count: 0\n  adj:\n"
            + $"  public key:{p.Peer.PublicKey} 00ff\n  allowed-ips: {string.Join(" ", p.Peer.AllowedIps)}\n";
    }));

    private string ShowNatInterfaces() => "NAT44 interfaces:\n" + string.Concat(state.NatInterfaces
        .Select(n => $" {state.Interfaces[n.Index].Name} {(n.IsInside ? "in" : "out")}\n"));

    private static string Ports(PortRange range) => range.First == range.Last
        ? range.First.ToString(CultureInfo.InvariantCulture)
        : $"{range.First}-{range.Last}";

    /// <summary>Reads rules as VPP does: the first word it does not know ends them, and what it has is
    /// taken.</summary>
    private sealed partial class RuleScanner(string text)
    {
        private static readonly ConcurrentDictionary<string, Regex> Patterns = new(StringComparer.Ordinal);
        private int _at;

        public uint Index { get; private set; } = uint.MaxValue;

        public string Tag { get; private set; } = "cli";

        public List<AclRule> Rules { get; } = [];

        public bool IsAtEnd => text.AsSpan(_at).IsWhiteSpace();

        public void Scan()
        {
            AclRule? rule = null;
            while (!IsAtEnd)
            {
                if (Take(@"index (\d+)") is { } index)
                    Index = uint.Parse(index[1], CultureInfo.InvariantCulture);
                else if (Take(@"tag (\{[^}]*\}|\S+)") is { } tag)
                    Tag = tag[1].Trim('{', '}');
                else if (Take(",") is not null)
                    Flush(ref rule);
                else if (Take(@"permit\+reflect") is not null)
                    rule = (rule ?? New()) with { Action = AclAction.PermitReflect };
                else if (Take("permit") is not null)
                    rule = (rule ?? New()) with { Action = AclAction.Permit };
                else if (Take("deny") is not null)
                    rule = (rule ?? New()) with { Action = AclAction.Deny };
                else if (Take(@"action (\d+)") is { } action)
                    rule = (rule ?? New()) with
                    {
                        Action =
                        (AclAction)byte.Parse(action[1], CultureInfo.InvariantCulture)
                    };
                else if (Take(@"src (\S+/\d+)", TryNetwork) is { } source)
                    rule = (rule ?? New()) with { Source = Network(source[1]) };
                else if (Take(@"dst (\S+/\d+)", TryNetwork) is { } destination)
                    rule = (rule ?? New()) with { Destination = Network(destination[1]) };
                else if (Take(@"proto (\d+)") is { } protocol)
                    rule = (rule ?? New()) with
                    {
                        Protocol =
                        (byte)int.Parse(protocol[1], CultureInfo.InvariantCulture)
                    };
                else if (Take(@"sport (\d+)(?:-(\d+))?") is { } sport)
                    rule = (rule ?? New()) with { SourcePorts = Range(sport) };
                else if (Take(@"dport (\d+)(?:-(\d+))?") is { } dport)
                    rule = (rule ?? New()) with { DestinationPorts = Range(dport) };
                else if (Take(@"tcpflags (\d+) (?:mask )?(\d+)") is { } flags)
                    rule = (rule ?? New()) with
                    {
                        TcpFlagsValue = byte.Parse(flags[1], CultureInfo.InvariantCulture),
                        TcpFlagsMask = byte.Parse(flags[2], CultureInfo.InvariantCulture),
                    };
                else
                    break;
            }

            Flush(ref rule);
        }

        private static AclRule New() =>
            new(AclAction.Deny, IpPrefix.Any4, IpPrefix.Any4, 0, PortRange.All, PortRange.All, 0, 0);

        private void Flush(ref AclRule? rule)
        {
            if (rule is not null)
                Rules.Add(rule);
            rule = null;
        }

        private string[]? Take(string pattern, Func<string, bool>? check = null)
        {
            Regex regex = Patterns.GetOrAdd(pattern, p => new Regex(
                @"\G\s*" + p, RegexOptions.None, TimeSpan.FromSeconds(5)));
            Match match = regex.Match(text, _at);
            if (!match.Success || (check is not null && !check(match.Groups[1].Value)))
                return null;
            _at += match.Length;
            return [.. match.Groups.Values.Select(g => g.Value)];
        }

        private static bool TryNetwork(string text) => IpPrefix.TryParse(text, out _);

        // Host bits are quietly cut off.
        private static IpPrefix Network(string text)
        {
            _ = IpPrefix.TryParse(text, out IpPrefix prefix);
            return new IpPrefix(prefix.Masked(), prefix.Length);
        }

        // Ports wrap at 16 bits.
        private static PortRange Range(string[] match)
        {
            ushort first = (ushort)int.Parse(match[1], CultureInfo.InvariantCulture);
            return new PortRange(first, match[2].Length == 0 ? first
                : (ushort)int.Parse(match[2], CultureInfo.InvariantCulture));
        }
    }
}
