using Serval.Control;
using Serval.Control.Publishing;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>
/// The metrics of a gateway. Their number does not grow with objects or routers: <c>/routers</c> tells of
/// each.
/// </summary>
internal static class GatewayMetrics
{
    /// <summary>Writes all of them.</summary>
    public static void Write(MetricsWriter writer, GatewayView view)
    {
        RouterState[] routers = [.. view.Fleet.Routers];
        writer.Gauge("serval_gateway_leader", "1 while this replica writes status.", view.IsLeader ? 1 : 0);
        writer.Gauge("serval_gateway_epoch", "Epoch of the leader that was seen last.", view.Epoch);
        writer.Gauge("serval_gateway_objects", "Objects that the watches know.", view.Objects);
        writer.Gauge("serval_gateway_watches", "Watches.", view.Watches);
        writer.Gauge("serval_gateway_watches_synced",
            "Watches that have known every object at one moment.", view.SyncedWatches);
        writer.Counter("serval_gateway_watch_failures_total",
            "Reads of the API server that failed and were tried again.", view.WatchFailures);
        writer.Counter("serval_gateway_snapshots_total", "Snapshots that differed from the one before.",
            view.Sequence);
        writer.Counter("serval_gateway_status_writes_total", "Statuses that were written.",
            view.StatusWrites);
        writer.Counter("serval_gateway_status_failures_total",
            "Writes of a status that failed and are tried again.", view.StatusFailures);
        writer.Gauge("serval_gateway_status_waiting", "Statuses that wait to be looked at.",
            view.StatusWaiting);
        writer.Gauge("serval_gateway_routers", "Routers.", routers.Length);
        writer.Gauge("serval_gateway_routers_ready", "Routers that carry traffic.",
            routers.Count(router => router.Endpoint.IsReady));
        writer.Gauge("serval_gateway_routers_current", "Routers that run the newest snapshot.",
            routers.Count(router => router.Sequence == view.Sequence && view.Sequence > 0));
        writer.Gauge("serval_gateway_routers_failing", "Routers that cannot be reached.",
            routers.Count(router => router.Failure.Length > 0));
        writer.Gauge("serval_gateway_routers_refusing", "Routers that refuse the newest snapshot.",
            routers.Count(router => router.RefusedSequence > 0));
        writer.Counter("serval_gateway_pushes_total",
            "Pushes that routers took, of the routers there are now.",
            routers.Sum(router => router.Pushes));
        writer.Counter("serval_gateway_full_pushes_total",
            "Pushes among them that carried the whole snapshot.",
            routers.Sum(router => router.FullPushes));
        writer.Counter("serval_gateway_push_failures_total", "Pushes that failed or were refused.",
            routers.Sum(router => router.FailedPushes));
        writer.Gauge("serval_gateway_push_seconds_max", "Longest last push of any router.",
            routers.Length == 0 ? 0 : routers.Max(router => router.LastPushMs) / 1_000);
    }
}
