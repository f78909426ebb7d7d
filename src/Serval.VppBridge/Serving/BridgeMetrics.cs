using System.Globalization;
using Grpc.Core;
using Prometheus;
using Serval.Common.Monitoring;
using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Stats;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Serving;

/// <summary>
/// What /metrics tells of the bridge and of VPP. Series are bounded: calls by the methods and codes there
/// are, interfaces and ACL rules by limits; what is left out is counted. Thread: any.
/// </summary>
internal sealed class BridgeMetrics
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

    private readonly Lock _updating = new();
    private readonly CollectorRegistry _registry;
    private readonly Reconciler _reconciler;
    private readonly StatsSampler _stats;
    private readonly Gauge _up;
    private readonly Gauge _converged;
    private readonly Gauge _drift;
    private readonly Gauge _interfacesLeftOut;
    private readonly Gauge _rulesLeftOut;
    private readonly Histogram _calls;
    private readonly (Counter Counter, Func<BridgeCounters, long> Value)[] _counters;
    private readonly (CounterFamily Family, Func<InterfaceCounters, ulong> Value)[] _interfaces;
    private readonly CounterFamily _rulePackets;
    private readonly CounterFamily _ruleBytes;
    private readonly GaugeFamily _peers;
    private readonly Gauge _peersLeftOut;

    /// <summary>Adds the series to a registry of this host alone.</summary>
    public BridgeMetrics(CollectorRegistry registry, Reconciler reconciler, StatsSampler stats)
    {
        _registry = registry;
        _reconciler = reconciler;
        _stats = stats;
        IMetricFactory make = Metrics.WithCustomRegistry(registry);
        _up = make.CreateGauge("serval_vpp_up", "1 while VPP answers.");
        _converged = make.CreateGauge("serval_vpp_converged", "1 while everything asked for is in place.");
        _drift = make.CreateGauge("serval_vpp_drift", "Differences between asked for and in place.");
        _counters =
        [
            (make.CreateCounter("serval_vpp_reconnects_total", "Connections made to VPP after the first."),
                counters => Math.Max(counters.Connects - 1, 0)),
            (make.CreateCounter("serval_vpp_drifts_total", "Looks at VPP that found drift."),
                counters => counters.Drifts),
            (make.CreateCounter("serval_vpp_repairs_total", "Changes made to repair drift."),
                counters => counters.Repairs),
            (make.CreateCounter("serval_vpp_rollbacks_total", "Changes that were taken back."),
                counters => counters.Rollbacks),
            (make.CreateCounter("serval_vpp_changes_total", "Changes asked for and made."),
                counters => counters.Changes),
        ];
        _calls = make.CreateHistogram(
            "serval_vpp_call_duration_seconds",
            "gRPC calls by method and status; a stream lasts as long as its caller stays.",
            ["method", "code"], CommandMeter.Durations);
        _interfaces =
        [
            .. InterfaceSeries.Select(series => (new CounterFamily(make.CreateCounter(
                $"serval_vpp_interface_{series.Name}_total", series.Help, ["interface"])), series.Value)),
        ];
        _interfacesLeftOut = make.CreateGauge(
            "serval_vpp_interfaces_left_out", "Interfaces beyond the bound, without series.");
        _rulePackets = new CounterFamily(make.CreateCounter(
            "serval_vpp_acl_rule_packets_total", "Packets that matched a rule.", ["acl", "rule"]));
        _ruleBytes = new CounterFamily(make.CreateCounter(
            "serval_vpp_acl_rule_bytes_total", "Bytes that matched a rule.", ["acl", "rule"]));
        _rulesLeftOut = make.CreateGauge(
            "serval_vpp_acl_rules_left_out", "ACL rules beyond the bound, without series.");
        _peers = new GaugeFamily(make.CreateGauge(
            "serval_vpp_peer_established",
            "1 while VPP holds a session with a WireGuard peer that was asked for, else 0.",
            ["tunnel", "peer"]));
        _peersLeftOut = make.CreateGauge(
            "serval_vpp_peers_left_out", "WireGuard peers beyond the bound, without series.");
        registry.AddBeforeCollectCallback(Update);
    }

    /// <summary>Counts a call that ended.</summary>
    public void CountCall(string method, StatusCode code, TimeSpan taken) =>
        _calls.WithLabels(method, code.ToString()).Observe(taken.TotalSeconds);

    /// <summary>Writes the page.</summary>
    public Task WriteAsync(Stream page, MetricsFormat format, CancellationToken cancel) =>
        _registry.CollectAndExportAsTextAsync(
            page,
            format == MetricsFormat.OpenMetrics
                ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText,
            cancel);

    private void Update()
    {
        lock (_updating)
        {
            BridgeStatus status = _reconciler.Status;
            _up.Set(status.Transport is null ? 0 : 1);
            _converged.Set(status.IsConverged ? 1 : 0);
            _drift.Set(status.Drift.Count);
            foreach ((Counter counter, Func<BridgeCounters, long> value) in _counters)
                counter.IncTo(value(_reconciler.Counters));
            StatsSample? last = _stats.Samples is [.., var newest] ? newest : null;
            ShowInterfaces(last);
            ShowRules(last);
            ShowPeers(status.Transport is not null);
        }
    }

    private void ShowInterfaces(StatsSample? sample)
    {
        InterfaceCounters[] shown = sample is null ? []
            : [.. sample.Interfaces.Values.OrderBy(item => item.Index).Take(Limits.MetricsSeriesMax)];
        foreach ((CounterFamily family, Func<InterfaceCounters, ulong> value) in _interfaces)
            family.Show(shown.Select(item => (new[] { item.Name }, value(item))));
        _interfacesLeftOut.Set((sample?.Interfaces.Count ?? 0) - shown.Length);
    }

    private void ShowRules(StatsSample? sample)
    {
        List<(string[] Labels, RuleCounters Matched)> shown = [];
        int leftOutCount = 0;
        bool hasRuleCounters = _reconciler.Status.Transport is { HasRuleCounters: true };
        foreach (VppAcl acl in _reconciler.LastSeen.Acls.Where(acl => acl.Name is not null)
            .OrderBy(acl => acl.Name, StringComparer.Ordinal).ThenBy(acl => acl.Index)
            .DistinctBy(acl => acl.Name, StringComparer.Ordinal))
        {
            ReadOnlySpan<RuleCounters> rules = sample is null ? []
                : StatsWriting.RulesOf(sample, acl, hasRuleCounters);
            int room = Math.Min(rules.Length, Limits.MetricsRuleSeriesMax - shown.Count);
            for (int i = 0; i < room; i++)
                shown.Add(([acl.Name!, i.ToString(CultureInfo.InvariantCulture)], rules[i]));
            leftOutCount += rules.Length - room;
        }

        _rulePackets.Show(shown.Select(rule => (rule.Labels, rule.Matched.Packets)));
        _ruleBytes.Show(shown.Select(rule => (rule.Labels, rule.Matched.Bytes)));
        _rulesLeftOut.Set(leftOutCount);
    }

    // Nobody knows of sessions while VPP is away.
    private void ShowPeers(bool isUp)
    {
        VppState seen = _reconciler.LastSeen;
        HashSet<(uint Interface, string Key)> established = [.. seen.Peers
            .Where(peer => peer.Status == PeerStatus.Established)
            .Select(peer => (peer.InterfaceIndex, peer.Peer.PublicKey))];
        List<(string[] Labels, double Value)> shown = [];
        int leftOutCount = 0;
        foreach (Tunnel tunnel in isUp ? _reconciler.Desired.Tunnels.Values : [])
        {
            uint? over = seen.FindTunnel(tunnel.Instance)?.InterfaceIndex;
            int room = Math.Min(tunnel.Peers.Count, Limits.MetricsPeerSeriesMax - shown.Count);
            foreach (TunnelPeer peer in tunnel.Peers.Take(room))
            {
                bool holds = over is { } index && established.Contains((index, peer.PublicKey));
                shown.Add(([tunnel.Name, peer.PublicKey], holds ? 1 : 0));
            }

            leftOutCount += tunnel.Peers.Count - room;
        }

        _peers.Show(shown);
        _peersLeftOut.Set(leftOutCount);
    }
}
