using System.Collections.Immutable;
using System.Diagnostics;
using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Swapping;

/// <summary>
/// Turns a snapshot into what workers read and makes it current: endpoints, then tables, then sockets, so
/// that whatever a worker sees refers only to what it can already see. Frees what no worker pins any more.
/// Owner: the router. Thread: any, one at a time under its lock.
/// </summary>
internal sealed class Publisher(WorkerThread[] threads, LiveConfiguration live) : IDisposable
{
    private static readonly TimeSpan AdoptionLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SpinLimit = TimeSpan.FromMilliseconds(2);
    private const int NeverSleep = -1;
    private const int AfterSomeSpins = 20;
    private readonly Lock _lock = new();
    private readonly EndpointRegistry _endpoints = new();
    private readonly SocketSet _sockets = new();
    private readonly SeriesRegistry _routes = new(Limits.RouteSeries);
    private readonly SeriesRegistry _listeners = new(Limits.ListenerSeries);
    private readonly List<PublishedSnapshot> _unfreed = [];
    private readonly Stopwatch _age = new();
    private long _sequence;
    private long _refused;
    private long _applied;
    private bool _isClosed;
    private bool _hasAllSockets;
    private ValidSnapshot? _live;

    /// <summary>The snapshot that is live; null before the first.</summary>
    public Snapshot? Live => Volatile.Read(ref _live)?.Source;

    /// <summary>Seconds since the live snapshot was applied.</summary>
    public double AgeSeconds => _age.Elapsed.TotalSeconds;

    /// <summary>How many snapshots were taken, and refused.</summary>
    public long Applied => Volatile.Read(ref _applied);

    public long Refused => Volatile.Read(ref _refused);

    /// <summary>
    /// Unmanaged bytes of all compiled snapshots that are not freed yet, and how many there are.
    /// </summary>
    public (long Bytes, int Count) Tables
    {
        get
        {
            lock (_lock)
            {
                long bytes = 0;
                foreach (PublishedSnapshot snapshot in _unfreed) bytes += snapshot.Tables.MemoryBytes;
                return (bytes, _unfreed.Count);
            }
        }
    }

    /// <summary>Names of the series, by series.</summary>
    public (string[] Routes, string[] Listeners) SeriesNames
    {
        get
        {
            lock (_lock) return ([.. _routes.Names], [.. _listeners.Names]);
        }
    }

    /// <summary>Applies a snapshot; see <see cref="Router.Apply"/>.</summary>
    public ApplyResult Apply(Snapshot snapshot)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            ValidSnapshot? valid = ValidSnapshot.TryCreate(
                snapshot, _live, out ImmutableArray<Finding> findings);
            _endpoints.Reclaim(IsEndpointHeld);
            if (valid is not null && !_endpoints.HasRoomFor(snapshot))
            {
                valid = null;
                findings = findings.Add(TooMany(snapshot));
            }

            if (valid is null)
            {
                _refused++;
                return new ApplyResult(false, Live?.Version, findings);
            }

            // Sockets that could not be had are tried for again by a whole publication.
            if (_hasAllSockets && _live?.HasTablesOf(snapshot) == true) PublishEndpoints(snapshot);
            else findings = findings.AddRange(Publish(valid));
            Volatile.Write(ref _live, valid);
            Volatile.Write(ref _applied, _applied + 1);
            _age.Restart();
            Sweep();
            return new ApplyResult(true, snapshot.Version, findings);
        }
    }

    /// <summary>Frees snapshots that no worker reads any more.</summary>
    public void Sweep()
    {
        lock (_lock)
        {
            for (int i = _unfreed.Count - 1; i >= 0 && !_isClosed; i--)
            {
                PublishedSnapshot snapshot = _unfreed[i];
                if (!Array.TrueForAll(threads, thread => thread.Worker.Pins.MayFree(snapshot.Sequence)))
                    continue;
                _unfreed.RemoveAt(i);
                snapshot.Tables.Dispose();
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            // The workers have ended: nobody reads.
            _isClosed = true;
            foreach (PublishedSnapshot snapshot in _unfreed) snapshot.Tables.Dispose();
            _unfreed.Clear();
        }
    }

    // What is routed where stays as it is: nothing is compiled and no socket is touched.
    private void PublishEndpoints(Snapshot snapshot)
    {
        EndpointDirectory directory = _endpoints.Update(snapshot);
        live.Directory = directory;
        WakeAndWait(worker => worker.AdoptedDirectory >= directory.Sequence);
    }

    private ImmutableArray<Finding> Publish(ValidSnapshot valid)
    {
        Snapshot snapshot = valid.Source;
        CompiledSnapshot tables = CompiledSnapshot.Compile(valid);
        Dictionary<SocketKey, Listener> wanted = SocketSet.Wanted(snapshot);
        ImmutableArray<Finding>.Builder findings = ImmutableArray.CreateBuilder<Finding>();
        List<(SocketKey Key, int Id, int[] Descriptors)> opened = OpenSockets(wanted, findings);

        live.Directory = _endpoints.Update(snapshot);
        PublishedSnapshot published = Tie(snapshot, tables);
        _unfreed.Add(published);
        live.Snapshot = published;
        foreach ((SocketKey key, int id, int[] descriptors) in opened)
        {
            for (int i = 0; i < threads.Length; i++)
                threads[i].Send(new WorkerMessage(WorkerMessageKind.AddSocket, id, descriptors[i], key.Port));
            _sockets.MarkAdded(id);
        }

        CloseSockets(wanted);
        _hasAllSockets = findings.Count == 0;
        WakeAndWait(worker => worker.Pins.Adopted >= published.Sequence);
        return findings.ToImmutable();
    }

    // "Live" is said only once it is true on every worker; a worker that has stopped is not waited for.
    private void WakeAndWait(Func<Worker<LinuxRing>, bool> hasAdopted)
    {
        foreach (WorkerThread thread in threads) thread.Wake();
        Stopwatch waited = Stopwatch.StartNew();
        SpinWait spin = default;
        while (waited.Elapsed < AdoptionLimit
            && !Array.TrueForAll(threads, thread => thread.Ended.IsCompleted || hasAdopted(thread.Worker)))
        {
            // The shortest sleep is longer than the turns of a worker that has just been woken.
            spin.SpinOnce(waited.Elapsed < SpinLimit ? NeverSleep : AfterSomeSpins);
        }
    }

    private PublishedSnapshot Tie(Snapshot snapshot, CompiledSnapshot tables)
    {
        int[] groups = new int[Limits.ListenSockets];
        Array.Fill(groups, -1);
        foreach ((SocketKey key, int id) in _sockets.Ids)
            groups[id] = tables.FindGroup(key.Address, key.Port);
        int[] clusters = new int[snapshot.Clusters.Length];
        int[] timeouts = new int[snapshot.Clusters.Length];
        for (int i = 0; i < clusters.Length; i++)
        {
            clusters[i] = _endpoints.ClusterSlot(snapshot.Clusters[i].Name);
            timeouts[i] = snapshot.Clusters[i].ConnectTimeoutMs;
        }

        int[] routes = new int[snapshot.Routes.Length];
        for (int i = 0; i < routes.Length; i++) routes[i] = _routes.Of(snapshot.Routes[i].Name);
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

    private List<(SocketKey Key, int Id, int[] Descriptors)> OpenSockets(
        Dictionary<SocketKey, Listener> wanted, ImmutableArray<Finding>.Builder findings)
    {
        List<(SocketKey, int, int[])> opened = [];
        foreach ((SocketKey key, Listener listener) in wanted)
        {
            if (_sockets.Ids.ContainsKey(key)) continue;
            string? failure = _sockets.TryOpen(key, threads.Length, out int[] descriptors);
            int id = failure is null ? _sockets.Reserve(key, TimesClosed) : -1;
            if (id >= 0)
            {
                opened.Add((key, id, descriptors));
                continue;
            }

            if (failure is null) Array.ForEach(descriptors, Rings.Listening.Close);
            failure ??= $"there are {Limits.ListenSockets} listening sockets already; "
                + "use fewer addresses or ports.";
            findings.Add(new Finding(
                Severity.Error, $"Listener {listener.Name}", "port", "AddressNotUsable",
                $"cannot listen on {key}: {failure}"));
        }

        return opened;
    }

    private void CloseSockets(Dictionary<SocketKey, Listener> wanted)
    {
        List<SocketKey> unwanted = [];
        foreach (SocketKey key in _sockets.Ids.Keys)
        {
            if (!wanted.ContainsKey(key)) unwanted.Add(key);
        }

        foreach (SocketKey key in unwanted)
        {
            foreach (WorkerThread thread in threads)
                thread.Send(new WorkerMessage(WorkerMessageKind.RemoveSocket, _sockets.Ids[key]));
            _sockets.Remove(key);
        }
    }

    private int TimesClosed(int id)
    {
        int least = int.MaxValue;
        foreach (WorkerThread thread in threads) least = Math.Min(least, thread.Worker.TimesClosed(id));
        return least;
    }

    private bool IsEndpointHeld(int endpoint, long retiredSince)
    {
        foreach (WorkerThread thread in threads)
        {
            if (thread.Worker.AdoptedDirectory < retiredSince
                || thread.Worker.EndpointConnections(endpoint) > 0) return true;
        }

        return false;
    }

    private static Finding TooMany(Snapshot snapshot) => new(
        Severity.Error, $"Snapshot {snapshot.Version}", "endpointSets", "TooMany",
        $"clusters or endpoints exceed what a router holds ({Limits.Clusters} and {Limits.Endpoints}, "
        + "those still being let go of included); split the load over more routers.");
}
