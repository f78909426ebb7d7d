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

    public static IEnumerable<AclStats> Acls(StatsSample sample, VppState seen)
    {
        foreach (VppAcl acl in seen.Acls.Where(a => a.Name is not null)
            .OrderBy(a => a.Name, StringComparer.Ordinal))
        {
            var written = new AclStats { Name = acl.Name };
            foreach (RuleCounters rule in sample.AclRules.GetValueOrDefault(acl.Index) ?? [])
                written.Rules.Add(new RuleStats { Packets = rule.Packets, Bytes = rule.Bytes });
            yield return written;
        }
    }
}
