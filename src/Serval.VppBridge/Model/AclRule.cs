namespace Serval.VppBridge.Model;

/// <summary>One rule as VPP holds it. Two rules that VPP holds alike are equal.</summary>
internal sealed record AclRule(
    AclAction Action,
    IpPrefix Source,
    IpPrefix Destination,
    byte Protocol,
    PortRange SourcePorts,
    PortRange DestinationPorts,
    byte TcpFlagsMask,
    byte TcpFlagsValue);
