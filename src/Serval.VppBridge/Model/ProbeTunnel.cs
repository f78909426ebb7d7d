using System.Net;
using Serval.VppBridge.Keys;

namespace Serval.VppBridge.Model;

/// <summary>The tunnel that tries out whether VPP's WireGuard messages tell what the bridge relies on. It has
/// the highest instance that VPP takes, a port that nobody speaks WireGuard on, and no endpoint: it stays
/// down and sends nothing. Its key is no secret, so that one that was left behind is known again.</summary>
internal static class ProbeTunnel
{
    private const uint Instance = (16 * 1024) - 1;
    private const ushort Port = 65_535;
    private const ushort KeepaliveS = 21_845;
    private const byte KeyFill = 0x5a;

    public static Tunnel Tunnel { get; } = new(
        "probe", Instance, IPAddress.Loopback, Port, MakeKey(), [], []);

    /// <summary>Two, because an index that is never set looks right for the first.</summary>
    public static IReadOnlyList<TunnelPeer> Peers { get; } = [MakePeer(0xa5), MakePeer(0xa6)];

    /// <summary>True for one that a bridge left behind that lost its connection in the middle.</summary>
    public static bool IsLeft(VppTunnel tunnel) =>
        tunnel.PublicKey == Tunnel.Key.PublicKey && tunnel.ListenPort == Port;

    private static PrivateKey MakeKey() =>
        PrivateKey.TryParse(Convert.ToBase64String(Filled(KeyFill)), out PrivateKey? key)
            ? key! : throw new InvalidOperationException("the probe's key is not a key");

    private static TunnelPeer MakePeer(byte fill) => new(
        Convert.ToBase64String(Filled(fill)), null, 0, KeepaliveS,
        [IpPrefix.Host(IPAddress.Parse("198.51.100.255"))], null, []);

    private static byte[] Filled(byte fill) => [.. Enumerable.Repeat(fill, Curve25519.KeyBytes)];
}
