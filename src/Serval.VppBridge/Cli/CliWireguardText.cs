using System.Text.RegularExpressions;
using Serval.Common.Addressing;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Cli;

/// <summary>WireGuard in the words of VPP's CLI.</summary>
internal static partial class CliWireguardText
{
    /// <summary>Reads <c>show wireguard interface</c>. It prints private keys: they are dropped
    /// here.</summary>
    public static List<VppTunnel> ParseInterfaces(string text, Func<string, uint?> findIndex)
    {
        var tunnels = new List<VppTunnel>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Match match = InterfaceLine().Match(line);
            if (!match.Success || !IpLiteral.TryParse(
                match.Groups["src"].Value, out System.Net.IPAddress? source)
                || findIndex(match.Groups["name"].Value) is not { } index)
                throw CliTable.Unreadable("show wireguard interface", "[not shown: may hold a private key]");
            uint instance = CliTable.Number(match.Groups["instance"].Value);
            ushort port = CliTable.Short(match.Groups["port"].Value);
            tunnels.Add(new VppTunnel(index, instance, match.Groups["key"].Value, port, source!));
        }

        return tunnels;
    }

    public static List<VppPeer> ParsePeers(string text, Func<string, uint?> findIndex)
    {
        var peers = new List<VppPeer>();
        foreach (Match match in Peer().Matches(text))
        {
            if (!IpLiteral.TryParse(match.Groups["to"].Value, out System.Net.IPAddress? to)
                || findIndex(match.Groups["name"].Value) is not { } index)
                throw CliTable.Unreadable("show wireguard peer", "[not shown: may hold a pre-shared key]");
            var allowed = new List<IpPrefix>();
            foreach (string word in match.Groups["allowed"].Value.Split(
                [' ', ','], StringSplitOptions.RemoveEmptyEntries))
            {
                allowed.Add(IpPrefix.TryParse(word, out IpPrefix prefix)
                    ? prefix
                    : throw CliTable.Unreadable("show wireguard peer", word));
            }

            bool hasEndpoint = !to!.Equals(System.Net.IPAddress.Any)
                && !to.Equals(System.Net.IPAddress.IPv6Any);
            uint flags = CliTable.Number(match.Groups["flags"].Value);
            var peer = new TunnelPeer(
                match.Groups["key"].Value, hasEndpoint ? to : null,
                CliTable.Short(match.Groups["port"].Value),
                CliTable.Short(match.Groups["keep"].Value), allowed, null,
                    []);
            PeerStatus status = (flags & 2) != 0 ? PeerStatus.Established
                : (flags & 1) != 0 ? PeerStatus.Dead : PeerStatus.None;
            peers.Add(new VppPeer(CliTable.Number(match.Groups["index"].Value), index, peer, status));
        }

        if (peers.Count != text.Split('\n').Count(line => line.StartsWith('[')))
            throw CliTable.Unreadable("show wireguard peer", "a peer that has another shape");
        return peers;
    }

    [GeneratedRegex(
        @"^\[\d+\] (?<name>wg(?<instance>\d+)) src:(?<src>\S+) port:(?<port>\d+) private-key:\S+ [0-9a-f]+"
        + @" public-key:(?<key>\S{44}) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InterfaceLine();

    [GeneratedRegex(
        @"^\[(?<index>\d+)\] endpoint:\[(?<from>\S+):\d+->(?<to>\S+):(?<port>\d+)\] (?<name>\S+)"
        + @" keep-alive:(?<keep>\d+) flags: (?<flags>\d+), [^\n]*\n"
        + @"  adj:[^\n]*\n(  pre-shared key:[^\n]*\n)?  public key:(?<key>\S{44}) [^\n]*\n"
        + @"  allowed-ips:(?<allowed>[^\n]*)$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Peer();
}
