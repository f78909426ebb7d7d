using System.Net;

namespace Serval.VppBridge.Model;

/// <summary>The other end of a tunnel. <paramref name="PublicKey"/> is canonical base64.</summary>
internal sealed record TunnelPeer(
    string PublicKey,
    IPAddress? EndpointAddress,
    ushort EndpointPort,
    ushort KeepaliveS,
    IReadOnlyList<IpPrefix> AllowedIps,
    IPAddress? TunnelAddress,
    IReadOnlyList<IpPrefix> Routes)
{
    /// <summary>Every route to the peer: the host route to its own address, then the networks behind
    /// it.</summary>
    public IEnumerable<TunnelRoute> RoutesVia()
    {
        if (TunnelAddress is null)
            yield break;
        yield return new TunnelRoute(IpPrefix.Host(TunnelAddress), TunnelAddress);
        foreach (IpPrefix route in Routes)
        {
            if (route != IpPrefix.Host(TunnelAddress))
                yield return new TunnelRoute(route, TunnelAddress);
        }
    }

    /// <summary>True when VPP would hold both peers alike; routes are apart.</summary>
    public bool IsSamePeer(TunnelPeer other) =>
        PublicKey == other.PublicKey && EndpointPort == other.EndpointPort && KeepaliveS == other.KeepaliveS
        && Equals(EndpointAddress, other.EndpointAddress)
        && AllowedIps.Order(PrefixOrder.Instance).SequenceEqual(other.AllowedIps.Order(PrefixOrder.Instance));
}
