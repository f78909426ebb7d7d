using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Serval.Grpc;
using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Stats;

namespace Serval.VppBridge.Serving;

/// <summary>The text of /metrics. Series are bounded: methods by the service, interfaces by a
/// limit.</summary>
internal sealed class BridgeMetrics(Reconciler reconciler, StatsSampler stats)
{
    private readonly ConcurrentDictionary<(string Method, GrpcStatusCode Code), CallTotals> _calls = new();

    public void CountCall(string method, GrpcStatusCode code, TimeSpan taken)
    {
        CallTotals totals = _calls.GetOrAdd((method, code), _ => new CallTotals());
        Interlocked.Increment(ref totals.Count);
        Interlocked.Add(ref totals.Ticks, taken.Ticks);
    }

    public string Write()
    {
        var text = new StringBuilder();
        BridgeStatus status = reconciler.Status;
        BridgeCounters counters = reconciler.Counters;
        Gauge(text, "serval_vpp_up", "VPP answers.", status.Transport is null ? 0 : 1);
        Gauge(text, "serval_vpp_converged", "Everything asked for is in place.", status.IsConverged ? 1 : 0);
        Gauge(text, "serval_vpp_drift", "Differences between asked for and in place.", status.Drift.Count);
        Counter(text, "serval_vpp_connects_total", "Connections made to VPP.", counters.Connects);
        Counter(text, "serval_vpp_drifts_total", "Times that drift was found.", counters.Drifts);
        Counter(text, "serval_vpp_repairs_total", "Changes made to put drift right.", counters.Repairs);
        Counter(text, "serval_vpp_rollbacks_total", "Changes that were taken back.", counters.Rollbacks);
        Counter(text, "serval_vpp_changes_total", "Changes asked for and made.", counters.Changes);
        WriteCalls(text);
        if (stats.Samples is [.., { } last])
            WriteInterfaces(text, last);
        return text.ToString();
    }

    private void WriteCalls(StringBuilder text)
    {
        Head(text, "serval_vpp_call_seconds", "summary", "Calls by method and status.");
        foreach (KeyValuePair<(string Method, GrpcStatusCode Code), CallTotals> call in
            _calls.OrderBy(c => c.Key.Method, StringComparer.Ordinal).ThenBy(c => c.Key.Code))
        {
            string labels = $"{{method=\"{call.Key.Method}\",code=\"{call.Key.Code}\"}}";
            double seconds = TimeSpan.FromTicks(Interlocked.Read(ref call.Value.Ticks)).TotalSeconds;
            Line(text, $"serval_vpp_call_seconds_sum{labels}", seconds);
            Line(text, $"serval_vpp_call_seconds_count{labels}", Interlocked.Read(ref call.Value.Count));
        }
    }

    private static void WriteInterfaces(StringBuilder text, StatsSample sample)
    {
        InterfaceCounters[] shown = [.. sample.Interfaces.Values
            .OrderBy(i => i.Index).Take(Limits.MetricsSeriesMax)];
        (string Name, string Help, Func<InterfaceCounters, ulong> Value)[] series =
        [
            ("rx_packets", "Packets received.", i => i.RxPackets),
            ("rx_bytes", "Bytes received.", i => i.RxBytes),
            ("tx_packets", "Packets sent.", i => i.TxPackets),
            ("tx_bytes", "Bytes sent.", i => i.TxBytes),
            ("drops", "Packets dropped.", i => i.Drops),
            ("rx_errors", "Receive errors.", i => i.RxErrors),
            ("tx_errors", "Send errors.", i => i.TxErrors),
            ("punts", "Packets punted.", i => i.Punts),
        ];
        foreach ((string name, string help, Func<InterfaceCounters, ulong> value) in series)
        {
            string full = $"serval_vpp_interface_{name}_total";
            Head(text, full, "counter", help);
            foreach (InterfaceCounters item in shown)
                Line(text, $"{full}{{interface=\"{Escape(item.Name)}\"}}", value(item));
        }
    }

    private static void Gauge(StringBuilder text, string name, string help, long value)
    {
        Head(text, name, "gauge", help);
        Line(text, name, value);
    }

    private static void Counter(StringBuilder text, string name, string help, long value)
    {
        Head(text, name, "counter", help);
        Line(text, name, value);
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Line(StringBuilder text, string name, IFormattable value) =>
        text.Append(name).Append(' ').Append(value.ToString(null, CultureInfo.InvariantCulture)).Append('\n');

    private static string Escape(string label) => label
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    private sealed class CallTotals
    {
        public long Count;
        public long Ticks;
    }
}
