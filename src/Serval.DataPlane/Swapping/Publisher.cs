using System.Collections.Immutable;
using System.Diagnostics;
using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Swapping;

/// <summary>
/// Turns a snapshot into what workers read and makes it current: endpoints, then tables, then sockets, so
/// that whatever a worker sees refers only to what it can already see. Frees what no worker pins any more.
/// Owner: the router. Thread: any, one at a time under its lock.
/// </summary>
/// <param name="workers">The workers.</param>
/// <param name="live">Where they read.</param>
/// <param name="timeouts">The router's own, which some rules replace.</param>
/// <param name="certificates">Key pairs of listeners and clusters.</param>
/// <param name="adoptionLimit">How long workers may take to adopt a snapshot; null for 5 s.</param>
/// <param name="opener">Where listening sockets come from; null for the machine.</param>
/// <param name="time">Clock for the age of the live snapshot; null for the system's.</param>
internal sealed partial class Publisher(
    IAdopter[] workers, LiveConfiguration live, Timeouts timeouts, CertificateStore certificates,
    TimeSpan? adoptionLimit = null, ISocketOpener? opener = null, TimeProvider? time = null)
    : IDisposable
{
    private static readonly TimeSpan SpinLimit = TimeSpan.FromMilliseconds(2);

    // While changes follow one another, tables that nobody reads any more lend the next ones their memory.
    private static readonly TimeSpan SpareFor = TimeSpan.FromSeconds(2);
    private const int NeverSleep = -1;
    private const int AfterSomeSpins = 20;
    private readonly TimeSpan _adoptionLimit = adoptionLimit ?? TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();
    private readonly SnapshotTies _ties = new(certificates);
    private readonly List<PublishedSnapshot> _unfreed = [];
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private long _liveSince;
    private long _refused;
    private long _applied;
    private bool _isClosed;

    // What was published last, and whether every worker has adopted it; what is live is the last of which
    // that was so.
    private ValidSnapshot? _newest;
    private ValidSnapshot? _live;
    private CompiledSnapshot? _spare;
    private long _newestTables;
    private long _newestEndpoints;

    /// <summary>The snapshot that every worker has adopted; null before the first.</summary>
    public Snapshot? Live => Volatile.Read(ref _live)?.Source;

    /// <summary>Seconds since the live snapshot was applied; 0 before the first.</summary>
    public double AgeSeconds => Age.TotalSeconds;

    /// <summary>How many snapshots were taken, and refused.</summary>
    public long Applied => Volatile.Read(ref _applied);

    public long Refused => Volatile.Read(ref _refused);

    /// <summary>
    /// Unmanaged bytes of all compiled snapshots, and how many there are that are not freed yet.
    /// </summary>
    public (long Bytes, int Count) Tables
    {
        get
        {
            lock (_lock)
            {
                long bytes = _spare?.MemoryBytes ?? 0;
                foreach (PublishedSnapshot snapshot in _unfreed) bytes += snapshot.Tables.MemoryBytes;
                return (bytes, _unfreed.Count);
            }
        }
    }

    /// <summary>Names of the series, by series.</summary>
    public (string[] Routes, string[] Listeners, string[] Clusters) SeriesNames
    {
        get
        {
            lock (_lock) return _ties.SeriesNames;
        }
    }

    /// <summary>Endpoints that clusters have, by slot.</summary>
    public IReadOnlyList<(int Slot, Endpoint Endpoint)> Endpoints
    {
        get
        {
            lock (_lock) return _ties.Endpoints.Named();
        }
    }

    private TimeSpan Age =>
        Live is null ? default : _time.GetElapsedTime(Volatile.Read(ref _liveSince));

    /// <summary>Applies a snapshot; see <see cref="Router.Apply"/>.</summary>
    public ApplyResult Apply(Snapshot snapshot)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            ValidSnapshot? valid = ValidSnapshot.TryCreate(
                snapshot, _newest, out ImmutableArray<Finding> findings, readers: workers.Length);
            _ties.Endpoints.Reclaim(IsEndpointHeld);
            if (valid is not null && !_ties.Endpoints.HasRoomFor(snapshot))
            {
                valid = null;
                findings = findings.Add(TooMany(snapshot));
            }

            if (valid is null)
            {
                _refused++;
                _refusal = findings;
                return new ApplyResult(false, Live?.Version, findings);
            }

            // Sockets that could not be opened are tried for again by a whole publication.
            if (_hasAllSockets && _newest?.HasTablesOf(snapshot) == true) PublishEndpoints(snapshot);
            else findings = findings.AddRange(Publish(valid));
            _newest = valid;
            _refusal = [];
            _lackOfRoom = [];
            Sweep();
            bool isAdopted = ReferenceEquals(_live, valid);
            if (!isAdopted) findings = findings.Add(NotAdopted(snapshot));
            return new ApplyResult(isAdopted, Live?.Version, findings);
        }
    }

    /// <summary>
    /// Makes the newest snapshot live once every worker has adopted it, and frees snapshots that no worker
    /// reads any more.
    /// </summary>
    public void Sweep()
    {
        lock (_lock)
        {
            if (_isClosed) return;
            if (!ReferenceEquals(_live, _newest) && Array.TrueForAll(workers, HasAdoptedNewest))
            {
                Volatile.Write(ref _liveSince, _time.GetTimestamp());
                Volatile.Write(ref _live, _newest);
                Volatile.Write(ref _applied, _applied + 1);
            }

            for (int i = _unfreed.Count - 1; i >= 0; i--)
            {
                PublishedSnapshot snapshot = _unfreed[i];
                if (!Array.TrueForAll(workers, worker => worker.MayFree(snapshot.Sequence)))
                    continue;
                _unfreed.RemoveAt(i);
                KeepSpare(snapshot.Tables);
                _ties.Release(snapshot);
            }

            if (Age > SpareFor) KeepSpare(null);
            HashSet<(string, string)>? named = null;
            certificates.Forget(
                (name, digest) => (named ??= NamedCertificates()).Contains((name, digest)),
                Environment.TickCount64);
        }
    }

    /// <summary>
    /// Publishes the newest snapshot again if it waits for keys, some of which have come now.
    /// </summary>
    public void RetryKeys()
    {
        lock (_lock)
        {
            if (_isClosed || _newest is null || _ties.TlsFindings.IsEmpty) return;
            if (!HasRoomStill(_newest.Source)) return;
            PublishTables(_newest, SocketSet.Wanted(_newest.Source), []);
            Sweep();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            // The workers have ended: nobody reads.
            _isClosed = true;
            foreach (PublishedSnapshot snapshot in _unfreed)
            {
                snapshot.Tables.Dispose();
                _ties.Release(snapshot);
            }

            _unfreed.Clear();
            KeepSpare(null);
            _ties.Clear();
        }
    }

    // What is routed where stays as it is: nothing is compiled and no socket is touched.
    private void PublishEndpoints(Snapshot snapshot)
    {
        EndpointDirectory directory = _ties.Endpoints.Update(snapshot);
        live.Directory = directory;
        _newestEndpoints = directory.Sequence;
        WakeAndWait(HasAdoptedNewest);
    }

    private ImmutableArray<Finding> Publish(ValidSnapshot valid)
    {
        Dictionary<SocketKey, Listener> wanted = SocketSet.Wanted(valid.Source);
        ImmutableArray<Finding>.Builder findings = ImmutableArray.CreateBuilder<Finding>();
        List<OpenedSocket> opened = OpenSockets(wanted, findings);
        PublishTables(valid, wanted, opened);
        _timeoutNotice = _timeouts.Of(valid.Source);
        if (_timeoutNotice is { } notice) findings.Add(notice);
        findings.AddRange(_ties.TlsFindings);
        return findings.ToImmutable();
    }

    private void PublishTables(
        ValidSnapshot valid, Dictionary<SocketKey, Listener> wanted, List<OpenedSocket> opened)
    {
        Snapshot snapshot = valid.Source;
        CompiledSnapshot tables = CompiledSnapshot.Compile(valid, live.Snapshot?.Tables, TakeSpare());
        live.Directory = _ties.Endpoints.Update(snapshot);
        PublishedSnapshot published = _ties.Tie(snapshot, tables, _sockets.Ids, live.Snapshot);
        _unfreed.Add(published);
        live.Snapshot = published;
        (_newestTables, _newestEndpoints) = (published.Sequence, live.Directory.Sequence);
        foreach (OpenedSocket socket in opened)
        {
            for (int i = 0; i < workers.Length; i++)
                workers[i].Send(new WorkerMessage(
                    WorkerMessageKind.AddSocket, socket.Id, socket.Descriptors[i], socket.Key.Port,
                    published.Sequence));
            _sockets.MarkAdded(socket.Id);
        }

        List<int> closed = CloseSockets(wanted, published.Sequence);
        WakeAndWait(HasAdoptedNewest);
        // An ack says that nothing listens there any more; and a listener that comes back at once finds no
        // socket of ours in its way. A worker that has not adopted closes nothing.
        WakeAndWait(worker => !HasAdoptedNewest(worker)
            || closed.TrueForAll(id => _sockets.IsClosed(id, worker.TimesClosed)));
    }

    private void KeepSpare(CompiledSnapshot? tables)
    {
        _spare?.Dispose();
        _spare = tables;
    }

    private CompiledSnapshot? TakeSpare()
    {
        CompiledSnapshot? spare = _spare;
        _spare = null;
        return spare;
    }

    private HashSet<(string Name, string Digest)> NamedCertificates()
    {
        HashSet<(string, string)> named = [];
        foreach (PublishedSnapshot snapshot in _unfreed)
        {
            foreach (Certificate certificate in snapshot.Tables.Source.Certificates)
                named.Add((certificate.Name, certificate.Digest));
        }

        return named;
    }

    // A worker that has stopped is not waited for.
    private void WakeAndWait(Func<IAdopter, bool> condition)
    {
        foreach (IAdopter worker in workers) worker.Wake();
        Stopwatch waited = Stopwatch.StartNew();
        SpinWait spin = default;
        while (waited.Elapsed < _adoptionLimit
            && !Array.TrueForAll(workers, worker => worker.IsEnded || condition(worker)))
        {
            // The shortest sleep is longer than the turns of a worker that has just been woken.
            spin.SpinOnce(waited.Elapsed < SpinLimit ? NeverSleep : AfterSomeSpins);
        }
    }

    // "Live" is said only once it is true on every worker.
    private bool HasAdoptedNewest(IAdopter worker) => worker.IsEnded
        || (worker.AdoptedSnapshot >= _newestTables && worker.AdoptedDirectory >= _newestEndpoints);

    private bool IsEndpointHeld(int endpoint, long retiredSince)
    {
        foreach (IAdopter worker in workers)
        {
            bool isHeld = worker.AdoptedDirectory < retiredSince || worker.EndpointConnections(endpoint) > 0;
            if (isHeld) return true;
        }

        return false;
    }

    // A key that has come since makes other endpoints of those whose policy has waited for it, and both are
    // there for a while.
    private bool HasRoomStill(Snapshot snapshot)
    {
        _ties.Endpoints.Reclaim(IsEndpointHeld);
        bool hasRoom = _ties.Endpoints.HasRoomFor(snapshot);
        _lackOfRoom = hasRoom ? [] : [TooMany(snapshot)];
        return hasRoom;
    }

    private static Finding TooMany(Snapshot snapshot) => new(
        Severity.Error, $"Snapshot {snapshot.Version}", "endpointSets", "TooMany",
        $"clusters or endpoints exceed what a router holds ({Limits.Clusters} and {Limits.Endpoints}, "
        + "those still being let go of included); split the load over more routers.");

    private Finding NotAdopted(Snapshot snapshot)
    {
        int behind = Array.FindAll(workers, worker => !HasAdoptedNewest(worker)).Length;
        return new Finding(
            Severity.Error, $"Snapshot {snapshot.Version}", "", "NotAdopted",
            $"{behind} of {workers.Length} workers have not adopted it after "
            + $"{_adoptionLimit.TotalSeconds:0.#} s and serve what they had; the others serve it. It is live "
            + $"once all of them do. A worker waits while its exchanges hold {Limits.SnapshotsPinned} older "
            + "snapshots; publish less often, or bound what keeps exchanges open.");
    }
}
