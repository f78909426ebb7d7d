using System.Net;

namespace Serval.VppBridge.Model;

/// <summary>A network that is reached through a tunnel by way of a peer's address.</summary>
internal readonly record struct TunnelRoute(IpPrefix Prefix, IPAddress Via);
