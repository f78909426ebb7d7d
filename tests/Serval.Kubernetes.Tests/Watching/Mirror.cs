using Microsoft.Extensions.Logging.Abstractions;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Api;
using Serval.Control.Kubernetes.Watching;

namespace Serval.Kubernetes.Tests.Watching;

/// <summary>A running reflector and the objects that its batches amount to.</summary>
internal sealed class Mirror : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, WatchedObject> _objects = new(StringComparer.Ordinal);
    private readonly ApiClient _api;
    private readonly Task _running;
    private int _waiting;

    public Mirror(string kubeconfig, string group, string kind, string? space = null, string? name = null)
        : this(new ApiClient(ApiConnection.Of(kubeconfig), TimeProvider.System), group, kind, space, name)
    {
    }

    public Mirror(ApiClient api, string group, string kind, string? space = null, string? name = null)
    {
        _api = api;
        WatchScope scope = new(
            ResourceKind.Find(group, kind)!, space, name, IsOptional: kind == Kinds.TcpRoute);
        Reflector = new Reflector(
            api, scope, keepsStatus: true, TakeAsync, new Harness.HurriedTime(), new Random(1),
                NullLogger.Instance);
        _running = Reflector.RunAsync(_stop.Token);
    }

    public Reflector Reflector { get; }

    /// <summary>Keys that were deleted, in order, also by lists.</summary>
    public List<string> Deleted { get; } = [];

    public int Completions { get; private set; }

    /// <summary>Batches are taken once this has completed, as by a queue that is full until then.</summary>
    public Task Room { get; set; } = Task.CompletedTask;

    /// <summary>How often a batch had to wait for room.</summary>
    public int Waits => Volatile.Read(ref _waiting);

    /// <summary>Names and resource versions, sorted.</summary>
    public string Seen
    {
        get
        {
            lock (_objects)
                return string.Join(' ', _objects.Values.Select(
                    found => $"{found.Key.Path}@{found.Head.ResourceVersion}").Order(StringComparer.Ordinal));
        }
    }

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_objects)
                return [.. _objects.Keys.Order(StringComparer.Ordinal)];
        }
    }

    public WatchedObject Get(string path)
    {
        lock (_objects)
            return _objects[path];
    }

    public Task<bool> SyncedAsync() =>
        Deadline.UntilAsync(() => Reflector.HasSynced, synced => synced);

    public Task SeesAsync(params string[] names) => Deadline.UntilAsync(
        () => string.Join(' ', Names), seen => seen == string.Join(' ', names.Order(StringComparer.Ordinal)));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _api.Dispose();
        _stop.Dispose();
    }

    private async ValueTask TakeAsync(WatchBatch batch, CancellationToken stop)
    {
        if (!Room.IsCompleted)
        {
            Interlocked.Increment(ref _waiting);
            await Room.WaitAsync(stop);
        }
        lock (_objects)
        {
            foreach (ObjectKey key in batch.Deletes)
            {
                _objects.Remove(key.Path);
                Deleted.Add(key.Path);
            }
            foreach (WatchedObject found in batch.Upserts)
                _objects[found.Key.Path] = found;
            Completions += batch.IsComplete ? 1 : 0;
        }
    }
}
