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

    /// <summary>True when both ask for the same peer; routes are apart.</summary>
    public bool IsSamePeer(TunnelPeer other) => HasSameEndpoint(other) && IsHeldBy(other);

    /// <summary>True when a live peer of VPP is this one. Its endpoint says nothing: VPP replaces it by the
    /// address that the peer last sent from.</summary>
    public bool IsHeldBy(TunnelPeer live) =>
        PublicKey == live.PublicKey && KeepaliveS == live.KeepaliveS
        && AllowedIps.Order(PrefixOrder.Instance).SequenceEqual(live.AllowedIps.Order(PrefixOrder.Instance));

    /// <summary>True when both ask for the same starting endpoint, or both for none.</summary>
    public bool HasSameEndpoint(TunnelPeer other) =>
        EndpointPort == other.EndpointPort && Equals(EndpointAddress, other.EndpointAddress);
}
