using System.Globalization;
using System.Net;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Model;
using V1 = Serval.Vpp.V1;

namespace Serval.VppBridge.Serving;

/// <summary>Turns tunnels and peers of requests into what VPP holds, or refuses with the field that is
/// wrong.</summary>
internal static class TunnelReading
{
    public static Tunnel Read(V1.Tunnel? tunnel, PrivateKey key)
    {
        if (tunnel is null)
            throw Require.Invalid("tunnel", "is missing");
        Require.Name(tunnel.Name, "tunnel.name");
        Require.Count(tunnel.Addresses.Count, Limits.AddressesMax, "tunnel.addresses");
        Require.Count(tunnel.Peers.Count, Limits.PeersMax, "tunnel.peers");
        IPAddress local = Require.Address(tunnel.LocalAddress, "tunnel.local_address");
        ushort port = Require.Port(tunnel.ListenPort, "tunnel.listen_port");
        IpPrefix[] addresses =
            [.. tunnel.Addresses.Select((a, i) => Require.InterfaceAddress(a, Item("tunnel.addresses", i)))];
        TunnelPeer[] peers = [.. tunnel.Peers.Select((p, i) => ReadPeer(p, Item("tunnel.peers", i)))];
        if (peers.Select(p => p.PublicKey).Distinct(StringComparer.Ordinal).Count() != peers.Length)
            throw Require.Invalid("tunnel.peers", "a public key comes more than once");
        foreach (TunnelPeer peer in peers)
            RequireFamily(peer, local);
        return new Tunnel(tunnel.Name, 0, local, port, key, addresses, peers);
    }

    public static TunnelPeer ReadPeer(V1.TunnelPeer? peer, string field)
    {
        if (peer is null)
            throw Require.Invalid(field, "is missing");
        string key = Require.PublicKey(peer.PublicKey, field + ".public_key");
        IPAddress? endpoint = peer.EndpointAddress.Length == 0
            ? null
            : Require.Address(peer.EndpointAddress, field + ".endpoint_address");
        if (endpoint is null && peer.EndpointPort != 0)
            throw Require.Invalid(field + ".endpoint_port", "goes with endpoint_address only");
        ushort port = endpoint is null ? (ushort)0
            : Require.Port(peer.EndpointPort, field + ".endpoint_port");
        if (peer.PersistentKeepaliveS > ushort.MaxValue)
            throw Require.Invalid(field + ".persistent_keepalive_s", "is 0 to 65535 seconds");
        if (peer.AllowedIps.Count == 0)
            throw Require.Invalid(
                field + ".allowed_ips", "is empty; a peer without networks can send nothing");
        Require.Count(peer.AllowedIps.Count, Limits.AllowedIpsMax, field + ".allowed_ips");
        Require.Count(peer.Routes.Count, Limits.AllowedIpsMax, field + ".routes");
        IpPrefix[] allowed =
            [.. peer.AllowedIps.Select((a, i) => Require.Network(a, Item(field + ".allowed_ips", i)))
                .Distinct()];
        (IPAddress? inner, IpPrefix[] routes) = ReadRoutes(peer, allowed, field);
        return new TunnelPeer(key, endpoint, port, (ushort)peer.PersistentKeepaliveS, allowed, inner, routes);
    }

    /// <summary>A packet leaves from the tunnel's own address, so the endpoint is of its family.</summary>
    public static void RequireFamily(TunnelPeer peer, IPAddress local)
    {
        if (peer.EndpointAddress is not null && peer.EndpointAddress.AddressFamily != local.AddressFamily)
            throw Require.Invalid(
                "peer.endpoint_address", "is not of the family of the tunnel's local_address");
    }

    public static V1.TunnelPeer WritePeer(TunnelPeer peer, PeerStatus? status)
    {
        var written = new V1.TunnelPeer
        {
            PublicKey = peer.PublicKey,
            EndpointAddress = peer.EndpointAddress?.ToString() ?? string.Empty,
            EndpointPort = peer.EndpointPort,
            PersistentKeepaliveS = peer.KeepaliveS,
            TunnelAddress = peer.TunnelAddress?.ToString() ?? string.Empty,
            State = status switch
            {
                PeerStatus.None => V1.PeerState.None,
                PeerStatus.Dead => V1.PeerState.Dead,
                PeerStatus.Established => V1.PeerState.Established,
                _ => V1.PeerState.Unspecified,
            },
        };
        written.AllowedIps.AddRange(peer.AllowedIps.Select(a => a.ToString()));
        written.Routes.AddRange(peer.Routes.Select(r => r.ToString()));
        return written;
    }

    private static (IPAddress? Inner, IpPrefix[] Routes) ReadRoutes(
        V1.TunnelPeer peer, IpPrefix[] allowed, string field)
    {
        if (peer.TunnelAddress.Length == 0)
        {
            return peer.Routes.Count == 0
                ? (null, [])
                : throw Require.Invalid(
                    field + ".tunnel_address", "is needed for routes: VPP routes by way of it");
        }

        IPAddress inner = Require.Address(peer.TunnelAddress, field + ".tunnel_address");
        if (!allowed.Any(a => a.Contains(IpPrefix.Host(inner))))
            throw Require.Invalid(field + ".tunnel_address", "is not within allowed_ips");
        IpPrefix[] routes = [.. peer.Routes.Select((r, i) => Require.Network(r, Item(field + ".routes", i)))
            .Distinct()];
        foreach (IpPrefix route in routes)
        {
            if (!allowed.Any(a => a.Contains(route)) || route.IsV6 != IpPrefix.Host(inner).IsV6)
                throw Require.Invalid(
                    field + ".routes", $"{route} is not within allowed_ips, or of another family");
        }

        return (inner, routes);
    }

    private static string Item(string field, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{field}[{index}]");
}
