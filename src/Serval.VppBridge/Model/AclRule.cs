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
    byte TcpFlagsValue)
{
    private const byte Icmp4 = 1;
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte Icmp6 = 58;

    /// <summary>True for the protocols whose ports, or type and code, VPP's ACL reads. For all others its
    /// port is 0 whatever the packet has, so a rule with ports would match the wrong packets
    /// (vpp: acl/public_inlines.h).</summary>
    public static bool HasPorts(byte protocol) => protocol is Icmp4 or Tcp or Udp or Icmp6;

    /// <summary>The part of the rule that VPP stores and does not enforce; null when it enforces
    /// all.</summary>
    public string? FindUnenforced()
    {
        bool hasPorts = SourcePorts != PortRange.All || DestinationPorts != PortRange.All;
        if (hasPorts && !HasPorts(Protocol))
            return $"ports of protocol {Protocol}";
        return TcpFlagsMask != 0 && Protocol != Tcp ? $"TCP flags of protocol {Protocol}" : null;
    }
}
