using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Api;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Kubernetes.Watching;
using Serval.Control.Leadership;
using Serval.Control.Publishing;
using Serval.Control.Reporting;
using Serval.Control.Resolving;
using Serval.Control.Sources;
using Serval.Control.Store;

namespace Serval.Control;

/// <summary>
/// A Gateway API controller: 1. watch the API server, 2. put what changed into the store, 3. translate, 4.
/// publish to the routers, 5. write status while this replica leads. The same for routers over HTTP and for
/// the data plane of this process.
/// </summary>
/// <remarks>
/// Owner: one verb. Thread: one loop translates; sinks, election and status have their own. What the
/// ServiceAccount must be allowed is said at <see cref="KubernetesSource"/>, <see cref="StatusWriter"/> and,
/// for the Lease:
/// <c>get, create, update</c> on <c>leases</c> (coordination.k8s.io) in the Lease's namespace.
/// </remarks>
public sealed class GatewayController : IAsyncDisposable
{
    private const int TickMs = 1_000;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;
    private readonly ApiClient _api;
    private readonly KubernetesSource _source;
    private readonly ControlPlane _plane;
    private readonly LeaseElection _election;
    private readonly RouterFleet? _fleet;
    private readonly ISnapshotSink _sink;
    private readonly StatusDesk _desk;
    private readonly StatusWriter _writer;
    private readonly PushPace _pace = new();
    private readonly Dictionary<string, NodeResource> _nodes = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _translated =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<string> _addresses;
    private Translation? _translation;
    private long _sequence;

    /// <summary>A gateway that has not started.</summary>
    /// <param name="options">What it does.</param>
    /// <param name="sink">Takes its snapshots; null for routers over HTTP.</param>
    /// <param name="ownAddresses">Addresses of the sink; empty for routers over HTTP.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="time">Its clock.</param>
    /// <exception cref="Exception">The configuration of the API server cannot be read.</exception>
    public GatewayController(
        GatewayOptions options, ISnapshotSink? sink, ImmutableArray<string> ownAddresses,
        ILoggerFactory loggers, TimeProvider time)
    {
        ILogger log = loggers.CreateLogger("Serval.Control");
        Random random = new(options.Identity.GetHashCode(StringComparison.Ordinal));
        (_options, _time, _addresses) = (options, time, ownAddresses);
        _api = new ApiClient(ApiConnection.Of(options.Kubeconfig), time);
        SourceOptions reads = new()
        {
            ControllerName = options.ControllerName,
            RouterService = options.RouterService,
        };
        // Each of these draws on threads of its own, and a generator is one thread's at a time.
        _source = new KubernetesSource(_api, reads, time, new Random(random.Next()), log);
        if (!AddressPool.TryParse(options.AddressPools, out AddressPool? pool, out string problem))
            throw new ArgumentException(problem, nameof(options));
        TranslationOptions translation = new()
        {
            ControllerName = options.ControllerName,
            Pool = pool,
            Time = time,
        };
        _plane = new ControlPlane(translation, KubernetesSource.Awaited);
        LeaseOptions lease = new(options.LeaseNamespace, options.LeaseName, options.Identity)
        {
            LeaseSeconds = options.LeaseSeconds,
            RenewDeadlineMs = options.LeaseSeconds * LeadershipLimits.RenewDeadlineMs
                / LeadershipLimits.LeaseSeconds,
            RetryPeriodMs = options.LeaseSeconds * LeadershipLimits.RetryPeriodMs
                / LeadershipLimits.LeaseSeconds,
        };
        _election = new LeaseElection(_api, lease, time, new Random(random.Next()), log);
        _fleet = sink is null
            ? new RouterFleet(options.Access, () => (_election.IsLeader, _election.Epoch), time, log)
            : null;
        _sink = sink ?? _fleet!;
        _desk = new StatusDesk(() => _sink.State, () => _addresses, time);
        _writer = new StatusWriter(
            _api, options.ControllerName, _desk.Find, () => _election.IsLeader, GiveMemoryBack, time, random,
            log);
        _sink.Changed += OnRoutersChanged;
    }

    /// <summary>The snapshot that routers should run; null before every kind is synced.</summary>
    public Snapshot? Snapshot => Volatile.Read(ref _translation)?.Snapshot;

    /// <summary>Every problem and notable decision about the objects.</summary>
    public ImmutableArray<Finding> Findings => Volatile.Read(ref _translation)?.Findings ?? [];

    /// <summary>What it does now.</summary>
    public GatewayView View
    {
        get
        {
            Reflector[] reflectors = [.. _source.Reflectors];
            return new GatewayView
            {
                Identity = _options.Identity,
                IsLeader = _election.IsLeader,
                Leader = _election.Holder,
                Epoch = _election.Epoch,
                Generation = _source.Generation,
                Version = Snapshot?.Version,
                Sequence = Interlocked.Read(ref _sequence),
                Fleet = _sink.State,
                ReferencesLeftOut = _source.ReferencesLeftOut,
                SyncedWatches = reflectors.Count(reflector => reflector.HasSynced),
                Watches = reflectors.Length,
                Objects = reflectors.Sum(reflector => reflector.Count),
                WatchFailures = reflectors.Sum(reflector => reflector.Failures),
                StatusWrites = _writer.Writes,
                StatusFailures = _writer.Failures,
                StatusWaiting = _writer.Waiting,
            };
        }
    }

    /// <summary>Runs until it is cancelled; ends by itself only with a fault of its own.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await UpdateRoutersAsync();
        _source.Start();
        Task electing = _election.RunAsync(LeadAsync, stop);
        Task pumping = PumpAsync(stop);
        await Task.WhenAny(electing, pumping);
        await pumping;
        await electing;
    }

    /// <summary>Reads every object anew; completes once all have been taken in.</summary>
    public Task ResyncAsync(CancellationToken stop) => _source.ResyncAsync(stop);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _sink.Changed -= OnRoutersChanged;
        await _source.DisposeAsync();
        if (_fleet is not null)
            await _fleet.DisposeAsync();
        _writer.Dispose();
        _api.Dispose();
    }

    // Before the first translation nothing is known to be ours: writing would take back what is right.
    private async Task LeadAsync(CancellationToken term)
    {
        await _translated.Task.WaitAsync(term);
        await _writer.RunAsync(term);
    }

    private async Task PumpAsync(CancellationToken stop)
    {
        List<WatchBatch> batches = [];
        while (!stop.IsCancellationRequested)
        {
            await WaitForBatchAsync(stop);
            int waitMs = _pace.WaitMs(NowMs);
            if (waitMs > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(waitMs), _time, stop)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            batches.Clear();
            while (batches.Count < SourceLimits.BatchesAtOnce
                && _source.Batches.TryRead(out WatchBatch? batch))
                batches.Add(batch);
            foreach (WatchBatch batch in batches)
                _writer.Observe(batch);
            ChangeBatch change = _source.Take(batches);
            Translate(change);
            if (TakeNodes(change)
                || batches.Exists(batch => batch.Source.Scope.Kind.Kind == Kinds.EndpointSlice))
                await UpdateRoutersAsync();
        }
    }

    private long NowMs => _time.GetTimestamp() / (_time.TimestampFrequency / 1_000);

    // A tick now and then: the first configuration does not wait for ever for what is referred to.
    private async Task WaitForBatchAsync(CancellationToken stop)
    {
        Task<bool> arrived = _source.Batches.WaitToReadAsync(stop).AsTask();
        if (_translation is null)
            await Task.WhenAny(arrived, Task.Delay(TimeSpan.FromMilliseconds(TickMs), _time, stop));
        else
            await ((Task)arrived).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Translate(ChangeBatch change)
    {
        if (change.Upserts.IsEmpty && change.Deletes.IsEmpty && change.Synced.IsEmpty
            && change.Replaced.IsEmpty)
            return;
        if (_plane.Apply(change) is not { } translation)
            return;
        bool isFirst = _translation is null;
        if (isFirst || translation.Snapshot.Version != _translation!.Snapshot.Version)
        {
            Interlocked.Increment(ref _sequence);
            _pace.Pushed(NowMs, change.Upserts.Length + change.Deletes.Length);
        }
        Volatile.Write(ref _translation, translation);
        _desk.Take(translation, _sequence);
        _sink.Offer(translation.Snapshot, _sequence, _source.Generation, translation.KeyPairs);
        _writer.Request(translation.StatusChanges);
        _translated.TrySetResult();
        if (isFirst)
            GiveMemoryBack();
    }

    // Reading every object, and writing as many statuses, leaves several times their size behind. Where
    // workers run in this process a blocking collection would hold them up.
    private void GiveMemoryBack()
    {
        if (_fleet is not null)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private bool TakeNodes(ChangeBatch change)
    {
        bool isChanged = false;
        foreach (NodeResource node in change.Upserts.OfType<NodeResource>())
        {
            _nodes[node.Metadata.Name] = node;
            isChanged = true;
        }
        foreach (ObjectKey key in change.Deletes.Where(key => key.Kind == Kinds.Node))
            isChanged |= _nodes.Remove(key.Name);
        return isChanged;
    }

    private async Task UpdateRoutersAsync()
    {
        if (_fleet is null)
            return;
        ImmutableArray<RouterEndpoint> routers = RouterEndpoints.Of(_source.RouterSlices, _options);
        _source.FollowNodes(routers.Select(router => router.NodeName).OfType<string>());
        _addresses = RouterEndpoints.Addresses(routers, _nodes);
        await _fleet.UpdateAsync(routers);
    }

    private void OnRoutersChanged() => _writer.Request(_desk.OfRouters);
}
