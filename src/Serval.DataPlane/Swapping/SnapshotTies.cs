using System.Collections.Immutable;
using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Tls;

namespace Serval.DataPlane.Swapping;

/// <summary>
/// What ties compiled snapshots to one router: slots of clusters and endpoints and series of the metrics,
/// which stay the same from one snapshot to the next.
/// Owner: the publisher. Thread: the publisher's. Bound: that of each registry.
/// </summary>
internal sealed class SnapshotTies
{
    private readonly ListenerContexts _contexts;
    private readonly UpstreamPolicies _policies;
    private Dictionary<string, int> _listenerIds = new(StringComparer.Ordinal);
    private int _lastListenerId;
    private readonly SeriesRegistry _routes = new(Limits.RouteSeries);
    private readonly SeriesRegistry _listeners = new(Limits.ListenerSeries);
    private long _sequence;

    /// <param name="certificates">Key pairs of listeners and clusters.</param>
    public SnapshotTies(CertificateStore certificates)
    {
        _contexts = new ListenerContexts(certificates);
        _policies = new UpstreamPolicies(certificates);
        Endpoints = new EndpointRegistry(_policies);
    }

    /// <summary>Slots of clusters and endpoints.</summary>
    public EndpointRegistry Endpoints { get; }

    /// <summary>Names of the series, by series.</summary>
    public (string[] Routes, string[] Listeners, string[] Clusters) SeriesNames =>
        ([.. _routes.Names], [.. _listeners.Names], [.. Endpoints.ClusterSeries.Names]);

    /// <summary>What the snapshot that was tied last lacks for TLS.</summary>
    public ImmutableArray<Finding> TlsFindings { get; private set; } = [];

    /// <summary>Lets go of TLS towards endpoints, once no worker reads any more.</summary>
    public void Clear() => _policies.Clear();

    /// <summary>Lets go of what a snapshot that is freed has had.</summary>
    public void Release(PublishedSnapshot snapshot) => _contexts.Release(snapshot.Securities);

    /// <summary>
    /// What workers read: the tables, next in the order of publications. The snapshot's endpoints are in
    /// <see cref="Endpoints"/> already.
    /// </summary>
    /// <param name="snapshot">What was compiled.</param>
    /// <param name="tables">What came of it.</param>
    /// <param name="sockets">Id by open socket.</param>
    /// <param name="before">
    /// What was tied last; what is the same in both needs no lookup by name. Null for nothing.
    /// </param>
    public PublishedSnapshot Tie(
        Snapshot snapshot, CompiledSnapshot tables, IReadOnlyDictionary<SocketKey, int> sockets,
        PublishedSnapshot? before)
    {
        int[] groups = new int[Limits.ListenSockets];
        Array.Fill(groups, -1);
        OpeningKind[] openings = new OpeningKind[Limits.ListenSockets];
        foreach ((SocketKey key, int id) in sockets)
        {
            groups[id] = tables.FindGroup(key.Address, key.Port);
            openings[id] = OpeningOf(snapshot, key);
        }

        int[] timeouts = new int[tables.ClusterCount];
        for (int i = 0; i < timeouts.Length; i++) timeouts[i] = tables.Cluster(i)?.ConnectTimeoutMs ?? 0;
        int[] listeners = new int[snapshot.Listeners.Length];
        string[] names = new string[listeners.Length];
        for (int i = 0; i < listeners.Length; i++)
        {
            names[i] = snapshot.Listeners[i].Name;
            listeners[i] = _listeners.Of(names[i]);
        }

        List<Finding> findings = [];
        ListenerSecurity?[] securities = _contexts.Of(snapshot, findings);
        TlsFindings = [.. findings, .. _policies.Findings];
        return new PublishedSnapshot
        {
            Securities = securities,
            HasTls = Array.Exists(securities, static security => security is not null),
            ListenerIds = NumberListeners(snapshot),
            Openings = openings,
            Sequence = ++_sequence,
            Tables = tables,
            ClusterSlots = SlotsOf(tables, before),
            ConnectTimeoutsMs = timeouts,
            RouteSeries = SeriesOf(tables, before),
            ListenerSeries = listeners,
            ListenerNames = names,
            GroupOfSocket = groups,
        };
    }

    // A cluster that is in both snapshots has been there all the time, so it has kept its slot.
    private int[] SlotsOf(CompiledSnapshot tables, PublishedSnapshot? before)
    {
        int known = Math.Min(tables.ClusterCount, before?.Tables.ClusterCount ?? 0);
        int[] slots = new int[tables.ClusterCount];
        for (int i = 0; i < slots.Length; i++)
        {
            if (tables.Cluster(i) is not { } cluster) continue;
            slots[i] = i < known && ReferenceEquals(before!.Tables.Cluster(i), cluster)
                ? before.ClusterSlots[i]
                : Endpoints.ClusterSlot(cluster.Name);
        }

        return slots;
    }

    // A name keeps its series for good.
    private int[] SeriesOf(CompiledSnapshot tables, PublishedSnapshot? before)
    {
        int known = Math.Min(tables.RouteCount, before?.Tables.RouteCount ?? 0);
        int[] series = new int[tables.RouteCount];
        for (int i = 0; i < series.Length; i++)
        {
            if (tables.Route(i) is not { } route) continue;
            series[i] = i < known && ReferenceEquals(before!.Tables.Route(i), route)
                ? before.RouteSeries[i]
                : _routes.Of(route.Name);
        }

        return series;
    }

    // A listener that goes and comes back is another one.
    private int[] NumberListeners(Snapshot snapshot)
    {
        Dictionary<string, int> before = _listenerIds;
        _listenerIds = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] ids = new int[snapshot.Listeners.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            string name = snapshot.Listeners[i].Name;
            if (!before.TryGetValue(name, out ids[i])) ids[i] = ++_lastListenerId;
            _listenerIds[name] = ids[i];
        }

        return ids;
    }

    private static OpeningKind OpeningOf(Snapshot snapshot, SocketKey socket)
    {
        bool isTls = false;
        foreach (Listener listener in snapshot.Listeners)
        {
            foreach (SocketKey key in SocketSet.KeysOf(listener))
            {
                if (key != socket) continue;
                if (listener.Detection) return OpeningKind.Detected;
                isTls |= listener.Tls is not null;
            }
        }

        return isTls ? OpeningKind.Tls : OpeningKind.Http;
    }
}
