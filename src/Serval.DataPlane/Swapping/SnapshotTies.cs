using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;

namespace Serval.DataPlane.Swapping;

/// <summary>
/// What ties compiled snapshots to one router: slots of clusters and endpoints and series of the metrics,
/// which stay the same from one snapshot to the next.
/// Owner: the publisher. Thread: the publisher's. Bound: that of each registry.
/// </summary>
internal sealed class SnapshotTies
{
    private readonly SeriesRegistry _routes = new(Limits.RouteSeries);
    private readonly SeriesRegistry _listeners = new(Limits.ListenerSeries);
    private long _sequence;

    /// <summary>Slots of clusters and endpoints.</summary>
    public EndpointRegistry Endpoints { get; } = new();

    /// <summary>Names of the series, by series.</summary>
    public (string[] Routes, string[] Listeners) SeriesNames => ([.. _routes.Names], [.. _listeners.Names]);

    /// <summary>
    /// What workers read: the tables, next in the order of publications. The snapshot's endpoints are in
    /// <see cref="Endpoints"/> already.
    /// </summary>
    /// <param name="snapshot">What was compiled.</param>
    /// <param name="tables">What came of it.</param>
    /// <param name="sockets">Id by open socket.</param>
    public PublishedSnapshot Tie(
        Snapshot snapshot, CompiledSnapshot tables, IReadOnlyDictionary<SocketKey, int> sockets)
    {
        int[] groups = new int[Limits.ListenSockets];
        Array.Fill(groups, -1);
        foreach ((SocketKey key, int id) in sockets) groups[id] = tables.FindGroup(key.Address, key.Port);
        int[] clusters = new int[tables.ClusterCount];
        int[] timeouts = new int[tables.ClusterCount];
        for (int i = 0; i < clusters.Length; i++)
        {
            if (tables.Cluster(i) is not { } cluster) continue;
            clusters[i] = Endpoints.ClusterSlot(cluster.Name);
            timeouts[i] = cluster.ConnectTimeoutMs;
        }

        int[] routes = new int[tables.RouteCount];
        for (int i = 0; i < routes.Length; i++)
        {
            if (tables.Route(i) is { } route) routes[i] = _routes.Of(route.Name);
        }

        int[] listeners = new int[snapshot.Listeners.Length];
        for (int i = 0; i < listeners.Length; i++) listeners[i] = _listeners.Of(snapshot.Listeners[i].Name);
        return new PublishedSnapshot
        {
            Sequence = ++_sequence,
            Tables = tables,
            ClusterSlots = clusters,
            ConnectTimeoutsMs = timeouts,
            RouteSeries = routes,
            ListenerSeries = listeners,
            GroupOfSocket = groups,
        };
    }
}
