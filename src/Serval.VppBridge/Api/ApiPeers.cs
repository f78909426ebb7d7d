using System.Net;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Api;

/// <summary>WireGuard interfaces and peers as the binary API packs them.</summary>
internal static class ApiPeers
{
    public static void WriteTunnel(ApiWriter writer, Tunnel tunnel) => writer
        .U32(tunnel.Instance).U32(uint.MaxValue)
        .Bytes(tunnel.Key.RevealBytes()).Bytes(new byte[Curve25519.KeyBytes])
        .U16(tunnel.ListenPort).Address(tunnel.LocalAddress).Bool(false);

    public static VppTunnel ReadTunnel(byte[] body)
    {
        var reader = new ApiReader(body);
        uint instance = reader.U32();
        uint index = reader.U32();
        reader.Take(Curve25519.KeyBytes);
        string publicKey = Convert.ToBase64String(reader.Take(Curve25519.KeyBytes));
        return new VppTunnel(index, instance, publicKey, reader.U16(), reader.Address());
    }

    public static void WritePeer(ApiWriter writer, uint interfaceIndex, TunnelPeer peer)
    {
        writer.U32(uint.MaxValue).Bytes(Convert.FromBase64String(peer.PublicKey))
            .U16(peer.EndpointPort).U16(peer.KeepaliveS).U32(0)
            .Address(peer.EndpointAddress ?? IPAddress.Any).U32(interfaceIndex).U8(0)
            .U8((byte)peer.AllowedIps.Count);
        foreach (IpPrefix allowed in peer.AllowedIps)
            writer.Prefix(allowed);
    }

    public static VppPeer ReadPeer(byte[] body)
    {
        var reader = new ApiReader(body);
        uint peerIndex = reader.U32();
        string publicKey = Convert.ToBase64String(reader.Take(Curve25519.KeyBytes));
        ushort port = reader.U16();
        ushort keepalive = reader.U16();
        reader.U32();
        IPAddress endpoint = reader.Address();
        uint interfaceIndex = reader.U32();
        PeerStatus status = Status(reader.U8());
        var allowed = new IpPrefix[reader.U8()];
        for (int i = 0; i < allowed.Length; i++)
            allowed[i] = reader.Prefix();
        bool hasEndpoint = !endpoint.Equals(IPAddress.Any) && !endpoint.Equals(IPAddress.IPv6Any);
        var peer = new TunnelPeer(
            publicKey, hasEndpoint ? endpoint : null, port, keepalive, allowed, null, []);
        return new VppPeer(peerIndex, interfaceIndex, peer, status);
    }

    public static PeerStatus Status(byte flags) =>
        (flags & 2) != 0 ? PeerStatus.Established : (flags & 1) != 0 ? PeerStatus.Dead : PeerStatus.None;
}
