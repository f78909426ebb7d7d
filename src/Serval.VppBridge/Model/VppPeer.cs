namespace Serval.VppBridge.Model;

/// <summary>A WireGuard peer as VPP shows it.</summary>
internal sealed record VppPeer(uint PeerIndex, uint InterfaceIndex, TunnelPeer Peer, PeerStatus Status);
