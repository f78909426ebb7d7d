using System.Net;

namespace Serval.VppBridge.Model;

/// <summary>A route in VPP's table through an interface of that name.</summary>
internal readonly record struct PlacedRoute(IpPrefix Prefix, IPAddress Via, string Interface);
