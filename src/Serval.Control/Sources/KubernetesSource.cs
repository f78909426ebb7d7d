using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Api;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Kubernetes.Watching;
using Serval.Control.Store;

namespace Serval.Control.Sources;

/// <summary>
/// The objects of an API server as a source of the store: one watch for each kind, and one for each Secret
/// or Node that something refers to.
/// </summary>
/// <remarks>
/// <para>Owner: one controller. Thread: reflectors write batches, one loop takes them. Bounds:
/// <see cref="SourceLimits"/>.</para>
/// <para>What the ServiceAccount must be allowed: <c>list</c> and <c>watch</c>, cluster-wide, on
/// <c>gatewayclasses, gateways, listenersets, httproutes, grpcroutes, tlsroutes, tcproutes, udproutes,
/// referencegrants, backendtlspolicies</c> (gateway.networking.k8s.io), <c>listenerpolicies</c> (serval.dev),
/// <c>services, namespaces</c> (core),
/// <c>endpointslices</c> (discovery.k8s.io), <c>serviceimports</c> (multicluster.x-k8s.io) and
/// <c>customresourcedefinitions</c> named <c>gatewayclasses.gateway.networking.k8s.io</c>
/// (apiextensions.k8s.io); <c>list</c> and <c>watch</c> on <c>secrets</c> and <c>configmaps</c> that
/// Gateways, ListenerSets and BackendTLSPolicies name and on <c>nodes</c> that routers run on: each is
/// watched by its name, so a rule with resourceNames is enough.</para>
/// </remarks>
internal sealed class KubernetesSource : IAsyncDisposable
{
    private readonly ApiClient _api;
    private readonly SourceOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<WatchBatch> _batches = Channel.CreateBounded<WatchBatch>(
        new BoundedChannelOptions(SourceLimits.WaitingBatches) { SingleReader = true });
    private (Reflector Reflector, Task Running)[] _kinds = [];
    private readonly Dictionary<ObjectKey, Watched> _referenced = [];
    private readonly HashSet<ResourceKind> _incomplete;
    private readonly References _references;
    private readonly List<ObjectKey> _forgotten = [];
    private readonly List<Watched> _ended = [];
    private int _leftOut;
    private readonly Dictionary<ObjectKey, EndpointSliceResource> _routerSlices = [];
    private ImmutableHashSet<ObjectKey> _nodes = [];
    private long _generation;
    private long? _kindsSyncedAt;
    private bool _areReferencedSynced;

    public KubernetesSource(
        ApiClient api, SourceOptions options, TimeProvider time, Random random, ILogger log)
    {
        (_api, _options, _time, _random, _log) = (api, options, time, random, log);
        _references = new References(options.ControllerName);
        _incomplete = [.. Kinds];
    }

    /// <summary>Kinds of which every object is watched.</summary>
    public static IReadOnlyList<ResourceKind> Kinds { get; } =
        [.. ResourceKind.All.Where(kind => !IsReferenced(kind))];

    /// <summary>Kinds that must be synced before anything is translated.</summary>
    public static IReadOnlyList<ResourceKind> Awaited { get; } =
        [.. ResourceKind.All.Where(kind => kind.Kind != Kubernetes.Kinds.Node)];

    /// <summary>What reflectors have learned and nobody has taken yet.</summary>
    public ChannelReader<WatchBatch> Batches => _batches.Reader;

    /// <summary>The largest resource version that was taken.</summary>
    public long Generation => Interlocked.Read(ref _generation);

    /// <summary>EndpointSlices of the routers' Service.</summary>
    public IReadOnlyCollection<EndpointSliceResource> RouterSlices => _routerSlices.Values;

    /// <summary>Every watch, for metrics and screens.</summary>
    public IEnumerable<Reflector> Reflectors
    {
        get
        {
            lock (_referenced)
            {
                return
                [
                    .. Volatile.Read(ref _kinds).Select(kind => kind.Reflector),
                    .. _referenced.Values.Select(watched => watched.Reflector),
                ];
            }
        }
    }

    /// <summary>Starts every watch.</summary>
    public void Start()
    {
        // At once: a page of metrics may ask for them meanwhile.
        Volatile.Write(ref _kinds, [.. Kinds.Select(Watch)]);
    }

    /// <summary>
    /// What batches mean for the store. Starts and ends watches of what is referred to. One caller at a time.
    /// </summary>
    public ChangeBatch Take(IReadOnlyList<WatchBatch> batches)
    {
        Dictionary<ObjectKey, Resource> upserts = [];
        HashSet<ObjectKey> deletes = [.. _forgotten];
        _forgotten.Clear();
        List<ResourceKind> synced = [];
        bool isReferenceChanged = false;
        foreach (WatchBatch batch in batches)
        {
            if (!IsWanted(batch))
                continue;
            foreach (ObjectKey key in batch.Deletes)
            {
                upserts.Remove(key);
                deletes.Add(key);
                _routerSlices.Remove(key);
                isReferenceChanged |= _references.Delete(key);
            }
            foreach (WatchedObject found in batch.Upserts)
                isReferenceChanged |= Take(found, upserts, deletes);
            Advance(batch.Version);
            if (batch.IsComplete && _incomplete.Remove(batch.Source.Scope.Kind))
                synced.Add(batch.Source.Scope.Kind);
        }
        if (isReferenceChanged)
            FollowReferences();
        // Nobody watches these any more, so what their watches said last gets out of date unnoticed.
        foreach (ObjectKey key in _forgotten)
            upserts.Remove(key);
        deletes.UnionWith(_forgotten);
        _forgotten.Clear();
        SyncReferenced(synced);
        return new ChangeBatch
        {
            Upserts = [.. upserts.Values],
            Deletes = [.. deletes],
            Synced = [.. synced],
        };
    }

    /// <summary>
    /// Objects that others refer to, beyond <see cref="SourceLimits.ReferencedMax"/>: they are not read.
    /// </summary>
    public int ReferencesLeftOut => Volatile.Read(ref _leftOut);

    /// <summary>
    /// Watches these Nodes, and no others. The next batch takes the others from the store.
    /// </summary>
    public void FollowNodes(IEnumerable<string> names)
    {
        _nodes = [.. names.Select(name => new ObjectKey(Groups.Core, Kubernetes.Kinds.Node, "", name))];
        FollowReferences();
    }

    /// <summary>Reads every object anew; completes once all have been delivered.</summary>
    public Task ResyncAsync(CancellationToken stop) =>
        Task.WhenAll(Reflectors.Select(reflector => reflector.RelistAsync(stop)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _batches.Writer.TryComplete();
        await Task.WhenAll(_kinds.Select(kind => kind.Running));
        foreach (Watched watched in _referenced.Values.Concat(_ended))
            await watched.EndAsync();
        _stop.Dispose();
    }

    // Every release of the Gateway API has the others.
    private static bool IsOptional(ResourceKind kind) =>
        kind.Group is Groups.MultiCluster or Groups.Serval
        || kind.Kind is Kubernetes.Kinds.BackendTlsPolicy or Kubernetes.Kinds.GrpcRoute
            or Kubernetes.Kinds.ListenerSet or Kubernetes.Kinds.TcpRoute or Kubernetes.Kinds.TlsRoute
            or Kubernetes.Kinds.UdpRoute;

    private static bool IsReferenced(ResourceKind kind) =>
        kind.Kind is Kubernetes.Kinds.Secret or Kubernetes.Kinds.ConfigMap or Kubernetes.Kinds.Node;

    private (Reflector Reflector, Task Running) Watch(ResourceKind kind)
    {
        // Of definitions only the one that tells the version of the Gateway API.
        string? name = kind.Kind == Kubernetes.Kinds.CustomResourceDefinition
            ? $"gatewayclasses.{Groups.Gateway}"
            : null;
        Reflector reflector = Create(new WatchScope(kind, Name: name, IsOptional: IsOptional(kind)));
        return (reflector, reflector.RunAsync(_stop.Token));
    }

    private Reflector Create(WatchScope scope)
    {
        bool keepsStatus = scope.Kind.Group is Groups.Gateway or Groups.Serval;
        // Reflectors run at once, and a generator is one thread's at a time.
        return new Reflector(
            _api, scope, keepsStatus, (batch, stop) => _batches.Writer.WriteAsync(batch, stop), _time,
            new Random(_random.Next()), _log);
    }

    // A watch that was ended may have left a batch behind.
    private bool IsWanted(WatchBatch batch)
    {
        WatchScope scope = batch.Source.Scope;
        if (!IsReferenced(scope.Kind))
            return true;
        ObjectKey key = new(scope.Kind.Group, scope.Kind.Kind, scope.Namespace ?? "", scope.Name!);
        if (!_referenced.TryGetValue(key, out Watched? watched)
            || !ReferenceEquals(watched.Reflector, batch.Source))
            return false;
        watched.IsComplete |= batch.IsComplete;
        return true;
    }

    private bool Take(
        WatchedObject found, Dictionary<ObjectKey, Resource> upserts, HashSet<ObjectKey> deletes)
    {
        if (found.Resource is null)
        {
            SourceLog.Unreadable(_log, found.Key.ToString(), found.Fault);
            return false;
        }
        if (found.IsUnchanged && !deletes.Contains(found.Key) && !upserts.ContainsKey(found.Key))
            return false;
        deletes.Remove(found.Key);
        upserts[found.Key] = found.Resource;
        if (found.Resource is EndpointSliceResource slice && IsOfRouters(slice))
            _routerSlices[found.Key] = slice;
        else
            _routerSlices.Remove(found.Key);
        return _references.Upsert(found.Resource);
    }

    private bool IsOfRouters(EndpointSliceResource slice) =>
        _options.RouterService is { } service
        && slice.Metadata.Namespace == service.Namespace
        && slice.Metadata.Labels.GetValueOrDefault(Labels.ServiceName) == service.Name;

    // Kubernetes compares resource versions as numbers since 1.35; etcd has always counted so.
    private void Advance(string version)
    {
        if (long.TryParse(version, out long number) && number > Generation)
            Interlocked.Exchange(ref _generation, number);
    }

    // What is no longer referred to is forgotten.
    private void FollowReferences()
    {
        _ended.RemoveAll(watched => watched.TryDispose());
        HashSet<ObjectKey> wanted = References.Bound([.. _references.Find(), .. _nodes], out int leftOut);
        Volatile.Write(ref _leftOut, leftOut);
        if (leftOut > 0)
            SourceLog.TooManyReferenced(_log, wanted.Count + leftOut, SourceLimits.ReferencedMax);
        lock (_referenced)
        {
            foreach ((ObjectKey key, Watched watched) in _referenced.ToArray())
            {
                if (wanted.Remove(key))
                    continue;
                watched.Stop.Cancel();
                _referenced.Remove(key);
                _ended.Add(watched);
                _forgotten.Add(key);
            }
            foreach (ObjectKey key in wanted)
            {
                ResourceKind kind = ResourceKind.Find(key.Group, key.Kind)!;
                Reflector reflector = Create(new WatchScope(
                    kind, kind.IsNamespaced ? key.Namespace : null, key.Name));
                CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                _referenced.Add(key, new Watched(reflector, reflector.RunAsync(stop.Token), stop));
            }
        }
    }

    // The first configuration waits for what it refers to, but not for ever: one Secret that may not be read
    // must not keep everything else from being served.
    private void SyncReferenced(List<ResourceKind> synced)
    {
        if (_areReferencedSynced || _incomplete.Count > 0)
            return;
        _kindsSyncedAt ??= _time.GetTimestamp();
        Watched[] late = [.. _referenced.Values.Where(watched => !watched.IsComplete)];
        bool isOver = _time.GetElapsedTime(
            _kindsSyncedAt.Value).TotalMilliseconds >= SourceLimits.ReferencedWaitMs;
        if (late.Length > 0 && !isOver)
            return;
        foreach (Watched watched in late)
        {
            SourceLog.ReferencedLate(
                _log, watched.Reflector.Scope.ToString(), SourceLimits.ReferencedWaitMs / 1_000);
        }
        _areReferencedSynced = true;
        synced.AddRange(ResourceKind.All.Where(IsReferenced));
        SourceLog.Synced(_log, Reflectors.Sum(reflector => reflector.Count));
    }

    private sealed class Watched(Reflector reflector, Task running, CancellationTokenSource stop)
    {
        public Reflector Reflector => reflector;

        public Task Running => running;

        public CancellationTokenSource Stop => stop;

        public bool IsComplete { get; set; }

        public async Task EndAsync()
        {
            await Running;
            stop.Dispose();
        }

        // A source of cancellation that is not disposed of is held by the one that it is linked to.
        public bool TryDispose()
        {
            if (!Running.IsCompleted)
                return false;
            stop.Dispose();
            return true;
        }
    }
}
