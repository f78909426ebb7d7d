using Serval.Vpp.V1;

namespace Serval.CommandLine.Vpp;

/// <summary>Tunnels and their peers as tables.</summary>
internal static class TunnelTables
{
    /// <summary>A line for each tunnel.</summary>
    public static TextTable Tunnels(IEnumerable<Tunnel> tunnels)
    {
        TextTable table = new(
            "NAME", "INTERFACE", "LOCAL", ">PORT", "ADDRESSES", ">PEERS", ">ESTABLISHED", "VERSION",
            "PUBLIC-KEY");
        foreach (Tunnel tunnel in tunnels.OrderBy(tunnel => tunnel.Name, StringComparer.Ordinal))
        {
            table.Add(
                tunnel.Name, tunnel.Interface, tunnel.LocalAddress, VppPrinter.Number(tunnel.ListenPort),
                TextTable.List(tunnel.Addresses), VppPrinter.Number(tunnel.Peers.Count),
                VppPrinter.Number(tunnel.Peers.Count(peer => peer.State == PeerState.Established)),
                tunnel.ResourceVersion, tunnel.PublicKey);
        }
        return table;
    }

    /// <summary>A line for each peer.</summary>
    public static TextTable Peers(Tunnel tunnel)
    {
        TextTable table = new(
            "PEER", "STATE", "ENDPOINT", "TUNNEL-ADDRESS", "ALLOWED-IPS", "ROUTES", ">KEEPALIVE");
        foreach (TunnelPeer peer in tunnel.Peers.OrderBy(peer => peer.PublicKey, StringComparer.Ordinal))
        {
            table.Add(
                peer.PublicKey, State(peer.State), Endpoint(peer), peer.TunnelAddress,
                TextTable.List(peer.AllowedIps), TextTable.List(peer.Routes),
                peer.PersistentKeepaliveS == 0 ? "" : $"{VppPrinter.Number(peer.PersistentKeepaliveS)}s");
        }
        return table;
    }

    private static string State(PeerState state) => state switch
    {
        PeerState.None => "no-handshake",
        PeerState.Established => "established",
        PeerState.Dead => "dead",
        _ => "unknown",
    };

    private static string Endpoint(TunnelPeer peer) => peer.EndpointAddress.Length == 0 ? ""
        : peer.EndpointAddress.Contains(':', StringComparison.Ordinal)
            ? $"[{peer.EndpointAddress}]:{peer.EndpointPort}"
            : $"{peer.EndpointAddress}:{peer.EndpointPort}";
}
