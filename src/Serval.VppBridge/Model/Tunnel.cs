using System.Globalization;
using System.Net;
using Serval.VppBridge.Keys;

namespace Serval.VppBridge.Model;

/// <summary>A WireGuard interface that we made. <paramref name="Instance"/> is N of VPP's "wgN".</summary>
internal sealed record Tunnel(
    string Name,
    uint Instance,
    IPAddress LocalAddress,
    ushort ListenPort,
    PrivateKey Key,
    IReadOnlyList<IpPrefix> Addresses,
    IReadOnlyList<TunnelPeer> Peers)
{
    /// <summary>How bindings and source NAT name the interface of a tunnel.</summary>
    public const string BindingPrefix = "tunnel:";

    public string InterfaceName => "wg" + Instance.ToString(CultureInfo.InvariantCulture);

    public IEnumerable<TunnelRoute> Routes() => Peers.SelectMany(peer => peer.RoutesVia());
}
