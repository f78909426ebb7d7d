using Prometheus;
using Serval.Common.Monitoring;
using Serval.Control;
using Serval.Control.Publishing;

namespace Serval.CommandLine.Roles;

/// <summary>
/// The metrics of a gateway, in a registry of its own. Their number does not grow with objects or routers:
/// <c>/routers</c> tells of each. Thread: any.
/// </summary>
internal sealed class GatewayMetrics
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly MetricFactory _make;
    private readonly Func<GatewayView> _view;
    private readonly List<Action<GatewayView, RouterState[]>> _series = [];
    private readonly Lock _updating = new();

    /// <summary>Adds the series.</summary>
    /// <param name="view">What the gateway knows at this moment.</param>
    public GatewayMetrics(Func<GatewayView> view)
    {
        _view = view;
        _make = Metrics.WithCustomRegistry(_registry);
        AddOwn();
        AddRouters();
        ProcessSeries.AddTo(_registry, "gateway");
        _registry.AddBeforeCollectCallback(Update);
    }

    /// <summary>Writes all of them.</summary>
    public Task WriteAsync(Stream output, MetricsFormat format, CancellationToken stop) =>
        _registry.CollectAndExportAsTextAsync(
            output,
            format == MetricsFormat.OpenMetrics
                ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText,
            stop);

    private void AddOwn()
    {
        Show("serval_gateway_leader", "1 while this replica writes status.",
            (view, _) => view.IsLeader ? 1 : 0);
        Show("serval_gateway_epoch", "Epoch of the leader that was seen last.", (view, _) => view.Epoch);
        Show("serval_gateway_objects", "Objects that the watches know.", (view, _) => view.Objects);
        Show("serval_gateway_references_left_out",
            "Secrets, ConfigMaps and Nodes that are not read because there are too many.",
            (view, _) => view.ReferencesLeftOut);
        Show("serval_gateway_watches", "Watches.", (view, _) => view.Watches);
        Show("serval_gateway_watches_synced", "Watches that have known every object at one moment.",
            (view, _) => view.SyncedWatches);
        Show("serval_gateway_status_waiting", "Statuses that wait to be looked at.",
            (view, _) => view.StatusWaiting);
        Count("serval_gateway_watch_failures_total",
            "Reads of the API server that failed and were tried again.", view => view.WatchFailures);
        Count("serval_gateway_snapshots_total", "Snapshots that differed from the one before.",
            view => view.Sequence);
        Count("serval_gateway_status_writes_total", "Statuses that were written.", view => view.StatusWrites);
        Count("serval_gateway_status_failures_total", "Writes of a status that failed and are tried again.",
            view => view.StatusFailures);
    }

    private void AddRouters()
    {
        Show("serval_gateway_routers", "Routers.", (_, routers) => routers.Length);
        Show("serval_gateway_routers_left_out",
            "Routers that nothing is pushed to because there are too many.",
            (view, _) => view.Fleet.LeftOut);
        Show("serval_gateway_routers_ready", "Routers that carry traffic.",
            (_, routers) => routers.Count(router => router.Endpoint.IsReady));
        Show("serval_gateway_routers_current", "Routers that run the newest snapshot.", (view, routers) =>
            routers.Count(router => router.Sequence == view.Sequence && view.Sequence > 0));
        Show("serval_gateway_routers_failing", "Routers that cannot be reached.",
            (_, routers) => routers.Count(router => router.Failure.Length > 0));
        Show("serval_gateway_routers_refusing", "Routers that refuse the newest snapshot.",
            (_, routers) => routers.Count(router => router.RefusedSequence > 0));
        Show("serval_gateway_push_seconds_max", "Longest last push of any router.", (_, routers) =>
            routers.Length == 0 ? 0 : routers.Max(router => router.LastPushMs) / 1_000);
        CountByRouter("serval_gateway_pushes_total", "Pushes that routers took.", router => router.Pushes);
        CountByRouter("serval_gateway_full_pushes_total",
            "Pushes among them that carried the whole snapshot.", router => router.FullPushes);
        CountByRouter("serval_gateway_push_failures_total", "Pushes that failed or were refused.",
            router => router.FailedPushes);
    }

    private void Show(string name, string help, Func<GatewayView, RouterState[], double> value)
    {
        Gauge gauge = _make.CreateGauge(name, help);
        _series.Add((view, routers) => gauge.Set(value(view, routers)));
    }

    private void Count(string name, string help, Func<GatewayView, double> value)
    {
        Counter counter = _make.CreateCounter(name, help);
        _series.Add((view, _) => counter.IncTo(value(view)));
    }

    // Each router has a count of its own, which goes with it. What it counted stays in the sum.
    private void CountByRouter(string name, string help, Func<RouterState, long> value)
    {
        Counter counter = _make.CreateCounter(name, help);
        Dictionary<string, long> seen = new(StringComparer.Ordinal);
        _series.Add((_, routers) =>
        {
            Dictionary<string, long> now = routers.ToDictionary(
                router => router.Endpoint.Name, value, StringComparer.Ordinal);
            foreach ((string router, long count) in now)
            {
                long before = seen.GetValueOrDefault(router);
                counter.Inc(count >= before ? count - before : count);
            }
            seen = now;
        });
    }

    private void Update()
    {
        GatewayView view = _view();
        RouterState[] routers = [.. view.Fleet.Routers];
        lock (_updating)
        {
            foreach (Action<GatewayView, RouterState[]> update in _series)
                update(view, routers);
        }
    }
}
