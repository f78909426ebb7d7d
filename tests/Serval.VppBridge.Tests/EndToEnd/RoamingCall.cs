using System.Globalization;
using Serval.VppBridge.Keys;

namespace Serval.VppBridge.Tests.EndToEnd;

/// <summary>What a WireGuard peer needs to call the tunnel of a test.</summary>
/// <param name="TunnelKey">The public key of VPP's side.</param>
/// <param name="Port">The UDP port of VPP's side.</param>
/// <param name="PeerKey">The peer's own key.</param>
internal sealed record RoamingCall(string TunnelKey, uint Port, PrivateKey PeerKey)
{
    /// <summary>The same as variables of a command.</summary>
    public Dictionary<string, string> ToEnvironment() => new(StringComparer.Ordinal)
    {
        ["SERVAL_TUNNEL_KEY"] = TunnelKey,
        ["SERVAL_TUNNEL_PORT"] = Port.ToString(CultureInfo.InvariantCulture),
        ["SERVAL_PEER_KEY"] = PeerKey.RevealBase64(),
    };
}
