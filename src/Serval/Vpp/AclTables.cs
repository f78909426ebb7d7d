using Serval.Vpp.V1;

namespace Serval.CommandLine.Vpp;

/// <summary>ACLs and their rules as tables.</summary>
internal static class AclTables
{
    /// <summary>A line for each ACL.</summary>
    public static TextTable Acls(IEnumerable<Acl> acls)
    {
        TextTable table = new("NAME", ">RULES", "VERSION", ">INDEX", "INPUT-ON", "OUTPUT-ON");
        foreach (Acl acl in acls.OrderBy(acl => acl.Name, StringComparer.Ordinal))
        {
            table.Add(
                acl.Name, VppPrinter.Number(acl.Rules.Count), acl.ResourceVersion,
                acl.HasAclIndex ? VppPrinter.Number(acl.AclIndex) : "", TextTable.List(acl.InputOn),
                TextTable.List(acl.OutputOn));
        }
        return table;
    }

    /// <summary>A line for each rule, in the order they are asked.</summary>
    public static TextTable Rules(Acl acl)
    {
        TextTable table = new(
            ">RULE", "ACTION", "PROTOCOL", "SOURCE", "PORTS", "DESTINATION", "PORTS", "TCP-FLAGS");
        for (int i = 0; i < acl.Rules.Count; i++)
        {
            AclRule rule = acl.Rules[i];
            table.Add(
                VppPrinter.Number(i), Action(rule.Action), rule.Protocol, rule.Source,
                Ports(rule.SourcePorts), rule.Destination, Ports(rule.DestinationPorts),
                rule.TcpFlagsMask == 0 ? "" : $"{rule.TcpFlagsValue}/{rule.TcpFlagsMask}");
        }
        return table;
    }

    private static string Action(AclAction action) => action switch
    {
        AclAction.Deny => "deny",
        AclAction.Permit => "permit",
        AclAction.PermitReflect => "permit+reflect",
        _ => VppPrinter.Number((int)action),
    };

    private static string Ports(PortRange? range) => range is null ? ""
        : range.First == range.Last ? VppPrinter.Number(range.First)
        : $"{range.First}-{range.Last}";
}
