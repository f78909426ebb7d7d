using Serval.Vpp.V1;
using Serval.VppBridge.Model;
using Serval.VppBridge.Stats;

namespace Serval.VppBridge.Serving;

/// <summary>Writes counters into answers.</summary>
internal static class StatsWriting
{
    public static InterfaceStats Interface(InterfaceCounters counters, Rates rates) => new()
    {
        Name = counters.Name,
        RxPackets = counters.RxPackets,
        RxBytes = counters.RxBytes,
        TxPackets = counters.TxPackets,
        TxBytes = counters.TxBytes,
        Drops = counters.Drops,
        RxErrors = counters.RxErrors,
        TxErrors = counters.TxErrors,
        RxMisses = counters.RxMisses,
        Punts = counters.Punts,
        Ip4Packets = counters.Ip4,
        Ip6Packets = counters.Ip6,
        Rates = rates,
    };

    /// <summary>The counters of the rules that an ACL has. VPP's vector has one more, and never gets shorter
    /// with the ACL. Empty where VPP does not count.</summary>
    public static ReadOnlySpan<RuleCounters> RulesOf(StatsSample sample, VppAcl acl, bool hasRuleCounters)
    {
        RuleCounters[] all = hasRuleCounters ? sample.AclRules.GetValueOrDefault(acl.Index) ?? [] : [];
        return all.AsSpan(0, Math.Min(all.Length, acl.Rules.Count));
    }

    public static IEnumerable<AclStats> Acls(StatsSample sample, VppState seen, bool hasRuleCounters)
    {
        foreach (VppAcl acl in seen.Acls.Where(a => a.Name is not null)
            .OrderBy(a => a.Name, StringComparer.Ordinal))
        {
            var written = new AclStats { Name = acl.Name };
            foreach (RuleCounters rule in RulesOf(sample, acl, hasRuleCounters).ToArray())
                written.Rules.Add(new RuleStats { Packets = rule.Packets, Bytes = rule.Bytes });
            yield return written;
        }
    }
}
