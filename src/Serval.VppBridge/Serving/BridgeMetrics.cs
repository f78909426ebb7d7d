using System.Collections.Concurrent;
using System.Globalization;
using Grpc.Core;
using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Stats;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Serving;

/// <summary>The text of /metrics. Series are bounded: calls by the methods and codes there are, commands by
/// their kinds, interfaces and ACL rules by limits; what is left out is counted.</summary>
internal sealed class BridgeMetrics(Reconciler reconciler, StatsSampler stats, CommandMeter commands)
{
    private static readonly (string Name, string Help, Func<InterfaceCounters, ulong> Value)[]
        InterfaceSeries =
        [
            ("rx_packets", "Packets received.", i => i.RxPackets),
            ("rx_bytes", "Bytes received.", i => i.RxBytes),
            ("tx_packets", "Packets sent.", i => i.TxPackets),
            ("tx_bytes", "Bytes sent.", i => i.TxBytes),
            ("drops", "Packets dropped.", i => i.Drops),
            ("rx_errors", "Receive errors.", i => i.RxErrors),
            ("tx_errors", "Send errors.", i => i.TxErrors),
            ("rx_misses", "Packets missed for lack of descriptors.", i => i.RxMisses),
            ("punts", "Packets punted.", i => i.Punts),
            ("ip4_packets", "IPv4 packets received.", i => i.Ip4),
            ("ip6_packets", "IPv6 packets received.", i => i.Ip6),
        ];

    private readonly ConcurrentDictionary<(string Method, StatusCode Code), Histogram> _calls = new();

    public void CountCall(string method, StatusCode code, TimeSpan taken) =>
        _calls.GetOrAdd((method, code), _ => new Histogram()).Observe(taken);

    public string Write()
    {
        var text = new MetricsText();
        BridgeStatus status = reconciler.Status;
        BridgeCounters counters = reconciler.Counters;
        text.Gauge("serval_vpp_up", "1 while VPP answers.", status.Transport is null ? 0 : 1);
        text.Gauge("serval_vpp_converged", "1 while everything asked for is in place.",
            status.IsConverged ? 1 : 0);
        text.Gauge("serval_vpp_drift", "Differences between asked for and in place.", status.Drift.Count);
        text.Counter("serval_vpp_reconnects_total", "Connections made to VPP after the first.",
            Math.Max(counters.Connects - 1, 0));
        text.Counter("serval_vpp_drifts_total", "Looks at VPP that found drift.", counters.Drifts);
        text.Counter("serval_vpp_repairs_total", "Changes made to put drift right.", counters.Repairs);
        text.Counter("serval_vpp_rollbacks_total", "Changes that were taken back.", counters.Rollbacks);
        text.Counter("serval_vpp_changes_total", "Changes asked for and made.", counters.Changes);
        WriteCalls(text);
        WriteCommands(text);
        if (stats.Samples is [.., { } last])
        {
            WriteInterfaces(text, last);
            WriteRules(text, last);
        }

        return text.ToString();
    }

    private void WriteCalls(MetricsText text)
    {
        text.Open("serval_vpp_call_duration_seconds", "histogram",
            "gRPC calls by method and status; a stream lasts as long as its caller stays.");
        foreach (KeyValuePair<(string Method, StatusCode Code), Histogram> call in
            _calls.OrderBy(c => c.Key.Method, StringComparer.Ordinal).ThenBy(c => c.Key.Code))
            text.Histogram(call.Value, ("method", call.Key.Method), ("code", call.Key.Code.ToString()));
    }

    private void WriteCommands(MetricsText text)
    {
        text.Open("serval_vpp_command_duration_seconds", "histogram",
            "Commands to VPP by what they do and how they ended.");
        foreach ((string command, string outcome, Histogram taken) in commands.Series)
            text.Histogram(taken, ("command", command), ("outcome", outcome));
    }

    private static void WriteInterfaces(MetricsText text, StatsSample sample)
    {
        InterfaceCounters[] shown = [.. sample.Interfaces.Values
            .OrderBy(i => i.Index).Take(Limits.MetricsSeriesMax)];
        foreach ((string name, string help, Func<InterfaceCounters, ulong> value) in InterfaceSeries)
        {
            text.Open($"serval_vpp_interface_{name}_total", "counter", help);
            foreach (InterfaceCounters item in shown)
                text.Sample(value(item), ("interface", item.Name));
        }

        text.Gauge("serval_vpp_interfaces_left_out", "Interfaces beyond the bound, without series.",
            sample.Interfaces.Count - shown.Length);
    }

    private void WriteRules(MetricsText text, StatsSample sample)
    {
        var shown = new List<(string Acl, string Rule, RuleCounters Matched)>();
        int leftOutCount = 0;
        bool hasRuleCounters = reconciler.Status.Transport is { HasRuleCounters: true };
        foreach (VppAcl acl in reconciler.LastSeen.Acls.Where(a => a.Name is not null)
            .OrderBy(a => a.Name, StringComparer.Ordinal).ThenBy(a => a.Index)
            .DistinctBy(a => a.Name, StringComparer.Ordinal))
        {
            ReadOnlySpan<RuleCounters> rules = StatsWriting.RulesOf(sample, acl, hasRuleCounters);
            int room = Math.Min(rules.Length, Limits.MetricsRuleSeriesMax - shown.Count);
            for (int i = 0; i < room; i++)
                shown.Add((acl.Name!, i.ToString(CultureInfo.InvariantCulture), rules[i]));
            leftOutCount += rules.Length - room;
        }

        text.Open("serval_vpp_acl_rule_packets_total", "counter", "Packets that matched a rule.");
        foreach ((string acl, string rule, RuleCounters matched) in shown)
            text.Sample(matched.Packets, ("acl", acl), ("rule", rule));
        text.Open("serval_vpp_acl_rule_bytes_total", "counter", "Bytes that matched a rule.");
        foreach ((string acl, string rule, RuleCounters matched) in shown)
            text.Sample(matched.Bytes, ("acl", acl), ("rule", rule));
        text.Gauge("serval_vpp_acl_rules_left_out", "ACL rules beyond the bound, without series.",
            leftOutCount);
    }
}
