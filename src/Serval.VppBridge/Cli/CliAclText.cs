using System.Text.RegularExpressions;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Cli;

/// <summary>ACLs in the words of VPP's CLI: how they are set, and how they are shown. What was rendered
/// parses back to the same rule; the transport relies on it to find out what VPP understood.</summary>
internal static partial class CliAclText
{
    public static CliCommand RenderSet(Acl acl, uint? index)
    {
        CliCommand command = CliCommand.Of("set acl-plugin acl");
        if (index is { } number)
            command.Literal("index").Number(number);
        for (int i = 0; i < acl.Rules.Count; i++)
        {
            if (i > 0)
                command.Literal(",");
            Render(command, acl.Rules[i]);
        }

        return command.Literal("tag").Word(acl.Tag);
    }

    public static List<VppAcl> ParseShow(string text)
    {
        var acls = new List<VppAcl>();
        List<AclRule>? rules = null;
        int expected = 0;
        foreach (string line in text.Split('\n'))
        {
            if (Header().Match(line) is { Success: true } header)
            {
                Require(rules, expected);
                rules = [];
                expected = (int)CliTable.Number(header.Groups[2].Value);
                acls.Add(new VppAcl(CliTable.Number(header.Groups[1].Value), header.Groups[3].Value, rules));
            }
            else if (RuleLine().Match(line) is { Success: true } rule && rules is not null)
            {
                rules.Add(ParseRule(rule));
            }
            else if (line.Length > 0 && !line.StartsWith("  applied ", StringComparison.Ordinal)
                && !line.StartsWith("  used in ", StringComparison.Ordinal))
            {
                throw CliTable.Unreadable("show acl-plugin acl", line);
            }
        }

        Require(rules, expected);
        return acls;
    }

    public static Dictionary<uint, VppAclLists> ParseLists(string text)
    {
        var lists = new Dictionary<uint, VppAclLists>();
        uint index = 0;
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("sw_if_index ", StringComparison.Ordinal) && line.EndsWith(':'))
            {
                index = CliTable.Number(line["sw_if_index ".Length..^1]);
                lists[index] = VppAclLists.Empty;
            }
            else if (line.StartsWith("  input acl(s): ", StringComparison.Ordinal))
            {
                lists[index] = lists[index] with { Inputs = Numbers(line["  input acl(s): ".Length..]) };
            }
            else if (line.StartsWith("  output acl(s): ", StringComparison.Ordinal))
            {
                lists[index] = lists[index] with { Outputs = Numbers(line["  output acl(s): ".Length..]) };
            }
            else if (line.Length > 0)
            {
                throw CliTable.Unreadable("show acl-plugin interface", line);
            }
        }

        return lists;
    }

    private static void Render(CliCommand command, AclRule rule)
    {
        command.Literal(rule.Action switch
        {
            AclAction.Deny => "deny",
            AclAction.Permit => "permit",
            _ => "permit+reflect",
        });
        command.Literal("src").Prefix(rule.Source).Literal("dst").Prefix(rule.Destination);
        command.Literal("proto").Number(rule.Protocol);
        command.Literal("sport").Ports(rule.SourcePorts).Literal("dport").Ports(rule.DestinationPorts);
        if (rule.TcpFlagsMask != 0 || rule.TcpFlagsValue != 0)
            command.Literal("tcpflags").Number(rule.TcpFlagsValue).Literal("mask").Number(rule.TcpFlagsMask);
    }

    private static AclRule ParseRule(Match match)
    {
        if (!IpPrefix.TryParse(match.Groups["src"].Value, out IpPrefix source)
            || !IpPrefix.TryParse(match.Groups["dst"].Value, out IpPrefix destination))
            throw CliTable.Unreadable("show acl-plugin acl", match.Value);
        return new AclRule(
            match.Groups["action"].Value switch
            {
                "deny" => AclAction.Deny,
                "permit" => AclAction.Permit,
                _ => AclAction.PermitReflect,
            },
            source, destination, CliTable.Byte(match.Groups["proto"].Value),
            Ports(match.Groups["sport"].Value), Ports(match.Groups["dport"].Value),
            Flags(match.Groups["mask"].Value), Flags(match.Groups["flags"].Value));
    }

    private static byte Flags(string text) => text.Length == 0 ? (byte)0 : CliTable.Byte(text);

    private static PortRange Ports(string text)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        ushort first = CliTable.Short(dash < 0 ? text : text[..dash]);
        return new PortRange(first, dash < 0 ? first : CliTable.Short(text[(dash + 1)..]));
    }

    private static uint[] Numbers(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(CliTable.Number)];

    private static void Require(List<AclRule>? rules, int expected)
    {
        if (rules is not null && rules.Count != expected)
            throw CliTable.Unreadable(
                "show acl-plugin acl", $"{rules.Count} rules where {expected} were announced");
    }

    // A tag may hold anything a foreign hand put there, so it runs to the last brace.
    [GeneratedRegex(@"^acl-index (\d{1,10}) count (\d{1,9}) tag \{(.*)\}$", RegexOptions.None, 1000)]
    private static partial Regex Header();

    [GeneratedRegex(
        @"^ +\d+: ipv[46] (?<action>deny|permit|permit\+reflect) src (?<src>\S+) dst (?<dst>\S+)"
        + @" proto (?<proto>\d+)"
        + @" sport (?<sport>\d+(-\d+)?) dport (?<dport>\d+(-\d+)?)"
        + @"( tcpflags (?<flags>\d+) mask (?<mask>\d+))?$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RuleLine();
}
