using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Pools;

/// <summary>
/// Endpoints as one worker knows them: which to choose, idle connections to them, new ones, whether they are
/// well. It knows no exchange: it hands out transports and takes them back.
/// Owner: one worker. Thread: the worker's; <see cref="Connections"/>, <see cref="AdoptedDirectory"/> and
/// <see cref="Events"/> are read by others. Bound: <see cref="Limits.Endpoints"/>, and per endpoint
/// <see cref="Limits.IdlePerEndpoint"/> and <see cref="Limits.InFlightPerEndpoint"/>.
/// </summary>
internal sealed partial class UpstreamPools<TRing> : IDisposable
    where TRing : struct, IRing
{
    private readonly TransportTable<TRing> _transports;
    private readonly TimerWheel _timers;
    private readonly TurnClock _clock;
    private readonly WorkerCounters _counters;
    private readonly RandomSource _random;
    private readonly int _idleMs;
    private readonly Slab<EndpointState> _endpoints = new(Limits.Endpoints);
    private readonly Slab<PooledTransport> _pooled;
    private EndpointDirectory _directory = EndpointDirectory.Empty;
    private long _adoptedDirectory;
    private bool _isDraining;
    private int _resumables;

    /// <param name="transports">Where connections are made.</param>
    /// <param name="timers">With a timer for each of them.</param>
    /// <param name="clock">The turn's time.</param>
    /// <param name="counters">What is counted.</param>
    /// <param name="random">What choices are drawn from.</param>
    /// <param name="idleMs">How long a connection is kept idle.</param>
    public UpstreamPools(
        TransportTable<TRing> transports, TimerWheel timers, TurnClock clock, WorkerCounters counters,
        RandomSource random, int idleMs)
    {
        _transports = transports;
        _timers = timers;
        _clock = clock;
        _counters = counters;
        _random = random;
        _idleMs = idleMs;
        _pooled = new Slab<PooledTransport>(transports.Capacity);
    }

    /// <summary>Newest endpoint directory that was adopted; any thread.</summary>
    public long AdoptedDirectory => Volatile.Read(ref _adoptedDirectory);

    /// <summary>
    /// Connections to an endpoint, for the publisher to know when its slot is free. Any thread.
    /// </summary>
    public int Connections(int endpoint) => Volatile.Read(ref _endpoints[endpoint].Connections);

    /// <summary>Where an endpoint is.</summary>
    public ref readonly SocketAddress AddressOf(int endpoint) => ref _directory.Addresses[endpoint];

    /// <summary>How TLS is spoken with an endpoint; null when it is not.</summary>
    public UpstreamSecurity? SecurityOf(int endpoint)
    {
        UpstreamSecurity?[] securities = _directory.Securities;
        return (uint)endpoint < (uint)securities.Length ? securities[endpoint] : null;
    }

    /// <summary>The session that an endpoint lets us resume, which stays its own; 0 for none.</summary>
    public nint ResumableOf(int endpoint) => _endpoints[endpoint].Resumable;

    /// <summary>Whether a cluster has endpoints, and whether it has several.</summary>
    public int EndpointCount(int cluster) => EndpointsOf(cluster).Length + FallbackOf(cluster).Length;

    /// <summary>Series of a cluster in the metrics.</summary>
    public int SeriesOf(int cluster)
    {
        int[] series = _directory.ClusterSeries;
        return (uint)cluster < (uint)series.Length ? series[cluster] : Limits.ClusterSeries;
    }

    /// <summary>
    /// Chooses an endpoint of a cluster that has some; <see cref="EndpointChoice.None"/> when all are full.
    /// </summary>
    public int Choose(int cluster, in EndpointWish wish)
    {
        ReadOnlySpan<int> fallback = FallbackOf(cluster);
        return fallback.IsEmpty
            ? Choose(cluster, EndpointsOf(cluster), wish, hasOthers: false)
            : ChooseOfTwo(cluster, EndpointsOf(cluster), fallback, wish);
    }

    private int Choose(
        int cluster, ReadOnlySpan<int> endpoints, in EndpointWish wish, bool hasOthers)
    {
        EndpointChoice choice = new(endpoints, _endpoints)
        {
            HasOthers = hasOthers,
            Failed = wish.Failed,
            FailedBefore = wish.FailedBefore,
            MayReturn = wish.WasStale,
            IsRepeatable = wish.IsRepeatable,
            InFlightMax = Math.Min(Limits.InFlightPerEndpoint, _transports.Capacity / 4),
            NowMs = _clock.NowMs,
        };
        int endpoint = choice.Choose(ref _random.Bits);
        if (choice.Due >= 0) DialOnTrial(cluster, choice.Due, wish.ConnectTimeoutMs);
        return endpoint;
    }

    /// <summary>Counts an exchange at an endpoint.</summary>
    public void Enter(int endpoint)
    {
        ref EndpointState state = ref _endpoints[endpoint];
        if (!state.IsUsed)
            state = state with { IsUsed = true, IdleHead = -1 };
        state.InFlight++;
        _counters.Endpoints?.Enter(EndpointRow(endpoint));
    }

    /// <summary>Ends that.</summary>
    public void Leave(int endpoint)
    {
        _endpoints[endpoint].InFlight--;
        _counters.Endpoints?.Leave(EndpointRow(endpoint));
    }

    /// <summary>Takes the idle connection of an endpoint that was used last.</summary>
    public bool TryTake(int endpoint, out int slot)
    {
        slot = _endpoints[endpoint].IdleHead;
        if (slot < 0) return false;
        RemoveIdle(slot);
        _pooled[slot].IsReused = true;
        _counters.Add(Counter.UpstreamReuses);
        return true;
    }

    /// <summary>
    /// Begins a connection to an endpoint, for an exchange with a cluster; false when there is no slot. It
    /// has until its transport's timer.
    /// </summary>
    public bool TryDial(int cluster, int endpoint, int timeoutMs, out int slot)
    {
        if (!_transports.TryLease(TransportState.Connecting, endpoint, out slot)) return false;
        _pooled[slot] = new PooledTransport
        {
            Epoch = _endpoints[endpoint].Epoch,
            ClusterSeries = SeriesOf(cluster),
            Next = -1,
            Previous = -1,
        };
        _endpoints[endpoint].Connections++;
        _counters.Add(Counter.UpstreamConnects);
        _counters.Clusters.Connect(_pooled[slot].ClusterSeries);
        _counters.Endpoints?.Connect(EndpointRow(endpoint));
        _transports.Connect(slot, in _directory.Addresses[endpoint]);
        _timers.Set(TimerWheel.OfTransport(slot), _clock.NowMs + timeoutMs);
        return true;
    }

    /// <summary>Whether a connection has carried an exchange before this one.</summary>
    public bool IsReused(int slot) => _pooled[slot].IsReused;

    /// <summary>Ends a connection, whatever it is doing.</summary>
    public void Close(int slot)
    {
        ref Transport transport = ref _transports[slot];
        if (transport.State == TransportState.Closing) return;
        if (transport.Owner == TransportOwner.Pool && transport.State == TransportState.Open)
            RemoveIdle(slot);
        if (transport.Has(TransportFlags.IsTls)) KeepResumable(slot);
        _endpoints[transport.Origin].Connections--;
        _transports.Close(slot);
    }

    /// <summary>
    /// Keeps a connection that nothing of an exchange is left on, or closes it. The most recently used is
    /// taken first, so that surplus ones age and go.
    /// </summary>
    public void PutIdle(int slot)
    {
        ref Transport transport = ref _transports[slot];
        ref PooledTransport pooled = ref _pooled[slot];
        ref EndpointState state = ref _endpoints[transport.Origin];
        transport.Key = -1;
        transport.Owner = TransportOwner.None;
        bool isOutdated = state.IsRetired || pooled.Epoch != state.Epoch;
        if (state.IdleCount >= Limits.IdlePerEndpoint || _isDraining || isOutdated)
        {
            if (state.IdleCount >= Limits.IdlePerEndpoint) _counters.Add(Counter.LimitIdlePerEndpoint);
            Close(slot);
            return;
        }

        transport.Owner = TransportOwner.Pool;
        if (transport.Has(TransportFlags.IsTls)) KeepResumable(slot);
        _transports.JoinIdle(slot);
        pooled.Previous = -1;
        pooled.Next = state.IdleHead;
        if (pooled.Next >= 0) _pooled[pooled.Next].Previous = slot;
        state.IdleHead = slot;
        state.IdleCount++;
        _timers.Set(TimerWheel.OfTransport(slot), _clock.NowMs + _idleMs);
        _transports.Arm(slot);
    }

    /// <summary>
    /// Takes what an idle connection has received. RFC 9112 §9.5: bytes or an end without a request; either
    /// way it is of no more use.
    /// </summary>
    public void OnInput(int slot, int bytes)
    {
        ref Transport transport = ref _transports[slot];
        if (bytes > 0 || transport.Has(TransportFlags.IsInputEnded)) Close(slot);
    }

    /// <summary>An idle connection has been so for long enough, or a trial takes too long.</summary>
    public void OnDeadline(int slot)
    {
        if (_transports[slot].State != TransportState.Open) FailTrial(slot, Errno.Timedout);
        else Close(slot);
    }

    /// <summary>Takes up what was published of endpoints.</summary>
    public void Adopt(EndpointDirectory directory)
    {
        if (ReferenceEquals(directory, _directory)) return;
        // Retired slots are few, and a slot that is given to another endpoint is in this list no more.
        int[] before = _directory.Retired;
        foreach (int endpoint in before) _endpoints[endpoint].IsRetired = false;
        _directory = directory;
        foreach (int endpoint in directory.Retired)
        {
            Retire(endpoint);
            CloseIdle(endpoint);
            ForgetResumable(endpoint);
        }

        ClearFreed(before);
        Volatile.Write(ref _adoptedDirectory, directory.Sequence);
    }

    /// <summary>Keeps no connection idle any more; those that are so are closed by whoever drains.</summary>
    public void Drain() => _isDraining = true;

    public void Dispose()
    {
        for (int i = 0; i < Limits.Endpoints && _resumables > 0; i++) ForgetResumable(i);
        _endpoints.Dispose();
        _pooled.Dispose();
    }

    /// <summary>Row of an endpoint in the metrics: that of its slot.</summary>
    public static int EndpointRow(int endpoint) => Math.Min(endpoint, Limits.EndpointSeries);

    // A slot that no connection holds any more goes to another endpoint, which begins at 0.
    private void ClearFreed(int[] retiredBefore)
    {
        if (_counters.Endpoints is not { } counters) return;
        foreach (int endpoint in retiredBefore)
        {
            if (endpoint < Limits.EndpointSeries && !_endpoints[endpoint].IsRetired) counters.Clear(endpoint);
        }
    }

    // The newest session that an endpoint has offered is tried by the next connection to it.
    private void KeepResumable(int slot)
    {
        nint resumable = _transports.Sessions.TakeResumable(slot);
        if (resumable == 0) return;
        int endpoint = _transports[slot].Origin;
        ForgetResumable(endpoint);
        _endpoints[endpoint].Resumable = resumable;
        _resumables++;
    }

    private void ForgetResumable(int endpoint)
    {
        ref EndpointState state = ref _endpoints[endpoint];
        if (state.Resumable == 0) return;
        TlsSessions.FreeResumable(state.Resumable);
        state.Resumable = 0;
        _resumables--;
    }

    private ReadOnlySpan<int> EndpointsOf(int cluster)
    {
        int[]?[] clusters = _directory.Clusters;
        return (uint)cluster < (uint)clusters.Length ? clusters[cluster] : default(ReadOnlySpan<int>);
    }

    private void RemoveIdle(int slot)
    {
        ref PooledTransport pooled = ref _pooled[slot];
        ref EndpointState state = ref _endpoints[_transports[slot].Origin];
        _transports.LeaveIdle(slot);
        if (pooled.Previous >= 0) _pooled[pooled.Previous].Next = pooled.Next;
        else state.IdleHead = pooled.Next;
        if (pooled.Next >= 0) _pooled[pooled.Next].Previous = pooled.Previous;
        pooled.Next = -1;
        pooled.Previous = -1;
        state.IdleCount--;
        _transports[slot].Owner = TransportOwner.None;
    }

    private void CloseIdle(int endpoint)
    {
        ref EndpointState state = ref _endpoints[endpoint];
        if (!state.IsUsed) return;
        while (state.IdleHead >= 0) Close(state.IdleHead);
    }
}
