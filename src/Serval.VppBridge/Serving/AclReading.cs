using System.Globalization;
using Serval.VppBridge.Model;
using V1 = Serval.Vpp.V1;

namespace Serval.VppBridge.Serving;

/// <summary>Turns ACLs of requests into rules as VPP holds them, or refuses with the field that is wrong.
/// What VPP would quietly bend - host bits, wide ports, unknown protocols - is refused here.</summary>
internal static class AclReading
{
    private static readonly Dictionary<string, byte> Protocols = new(StringComparer.Ordinal)
    {
        [""] = 0,
        ["any"] = 0,
        ["icmp"] = 1,
        ["tcp"] = 6,
        ["udp"] = 17,
        ["gre"] = 47,
        ["esp"] = 50,
        ["ah"] = 51,
        ["icmp6"] = 58,
        ["sctp"] = 132,
    };

    public static Acl Read(V1.Acl? acl, bool allowEmpty)
    {
        if (acl is null)
            throw Require.Invalid("acl", "is missing");
        Require.Name(acl.Name, "acl.name");
        Require.Count(acl.Rules.Count, Limits.RulesMax, "acl.rules");
        if (acl.Rules.Count == 0 && !allowEmpty)
        {
            throw Require.Invalid(
                "acl.rules", "an ACL without rules denies everything; set allow_empty if that is meant");
        }

        var rules = new AclRule[acl.Rules.Count];
        for (int i = 0; i < rules.Length; i++)
            rules[i] = ReadRule(acl.Rules[i], string.Create(CultureInfo.InvariantCulture, $"acl.rules[{i}]"));
        return new Acl(acl.Name, rules);
    }

    public static V1.AclRule Write(AclRule rule)
    {
        var written = new V1.AclRule
        {
            Action = (V1.AclAction)((int)rule.Action + 1),
            Source = rule.Source.ToString(),
            Destination = rule.Destination.ToString(),
            Protocol = Protocols.FirstOrDefault(p => p.Value == rule.Protocol && p.Key.Length > 0).Key
                ?? rule.Protocol.ToString(CultureInfo.InvariantCulture),
            TcpFlagsMask = rule.TcpFlagsMask,
            TcpFlagsValue = rule.TcpFlagsValue,
            IpVersion = rule.Source.IsV6 ? 6u : 4u,
        };
        if (rule.SourcePorts != PortRange.All)
            written.SourcePorts =
                new V1.PortRange { First = rule.SourcePorts.First, Last = rule.SourcePorts.Last };
        if (rule.DestinationPorts != PortRange.All)
        {
            written.DestinationPorts =
                new V1.PortRange { First = rule.DestinationPorts.First, Last = rule.DestinationPorts.Last };
        }

        return written;
    }

    private static AclRule ReadRule(V1.AclRule rule, string field)
    {
        AclAction action = rule.Action switch
        {
            V1.AclAction.Deny => AclAction.Deny,
            V1.AclAction.Permit => AclAction.Permit,
            V1.AclAction.PermitReflect => AclAction.PermitReflect,
            _ => throw Require.Invalid(field + ".action", "say DENY, PERMIT or PERMIT_REFLECT"),
        };
        (IpPrefix source, IpPrefix destination) = ReadNetworks(rule, field);
        byte protocol = ReadProtocol(rule.Protocol, field + ".protocol");
        RequireFamily(protocol, source.IsV6, field);
        RequireFlags(rule, protocol, field);
        return new AclRule(
            action, source, destination, protocol,
            ReadPorts(rule.SourcePorts, protocol, field + ".source_ports"),
            ReadPorts(rule.DestinationPorts, protocol, field + ".destination_ports"),
            (byte)rule.TcpFlagsMask, (byte)rule.TcpFlagsValue);
    }

    private static (IpPrefix Source, IpPrefix Destination) ReadNetworks(V1.AclRule rule, string field)
    {
        IpPrefix? source = rule.Source.Length > 0 ? Require.Network(rule.Source, field + ".source") : null;
        IpPrefix? destination =
            rule.Destination.Length > 0 ? Require.Network(rule.Destination, field + ".destination") : null;
        if (rule.IpVersion is not (0 or 4 or 6))
            throw Require.Invalid(field + ".ip_version", $"{rule.IpVersion} is not 4, 6 or 0");
        bool isV6 = source?.IsV6 ?? destination?.IsV6 ?? rule.IpVersion switch
        {
            4 => false,
            6 => true,
            _ => throw Require.Invalid(
                field + ".ip_version",
                    "say 4 or 6: a rule is of one family, and neither source nor destination tells"),
        };
        IpPrefix any = isV6 ? IpPrefix.Any6 : IpPrefix.Any4;
        if ((source ?? any).IsV6 != (destination ?? any).IsV6)
            throw Require.Invalid(field, "source and destination are of different families; make two rules");
        if (rule.IpVersion != 0 && (rule.IpVersion == 6) != isV6)
            throw Require.Invalid(field + ".ip_version", "is not the family of source and destination");
        return (source ?? any, destination ?? any);
    }

    private static byte ReadProtocol(string text, string field)
    {
        if (Protocols.TryGetValue(text, out byte known))
            return known;
        return byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number)
            ? number
            : throw Require.Invalid(
                field, $"'{text}' is not known; say any, icmp, tcp, udp, icmp6, gre, esp, ah, sctp or 0 "
                    + "to 255");
    }

    private static void RequireFamily(byte protocol, bool isV6, string field)
    {
        if ((protocol == 1 && isV6) || (protocol == 58 && !isV6))
            throw Require.Invalid(field + ".protocol", "icmp goes with IPv4 and icmp6 with IPv6");
    }

    private static void RequireFlags(V1.AclRule rule, byte protocol, string field)
    {
        if (rule.TcpFlagsMask > 255 || rule.TcpFlagsValue > 255
            || (rule.TcpFlagsValue & ~rule.TcpFlagsMask) != 0)
            throw Require.Invalid(
                field + ".tcp_flags_value", "mask and value are 0 to 255, and value is within mask");
        if (rule.TcpFlagsMask != 0 && protocol != 6)
            throw Require.Invalid(field + ".tcp_flags_mask", "goes with protocol tcp only");
    }

    private static PortRange ReadPorts(V1.PortRange? range, byte protocol, string field)
    {
        if (range is null)
            return PortRange.All;
        if (!AclRule.HasPorts(protocol))
        {
            throw Require.Invalid(
                field, "goes with tcp, udp, icmp and icmp6 only: VPP does not look at the ports of other "
                    + "protocols, so the rule would match the wrong packets");
        }

        uint most = protocol is 1 or 58 ? 255u : 65535u;
        if (range.First > most || range.Last > most)
            throw Require.Invalid(field, $"first and last are 0 to {most}");
        return range.First <= range.Last
            ? new PortRange((ushort)range.First, (ushort)range.Last)
            : throw Require.Invalid(
                field, $"{range.First} to {range.Last} runs backwards; swap first and last");
    }
}
