using System.Net;

namespace Serval.VppBridge.Model;

/// <summary>A WireGuard interface as VPP shows it, without its private key.</summary>
internal sealed record VppTunnel(
    uint InterfaceIndex, uint Instance, string PublicKey, ushort ListenPort, IPAddress LocalAddress);
