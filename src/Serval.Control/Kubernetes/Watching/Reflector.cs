using System.Text.Json;
using Microsoft.Extensions.Logging;
using Serval.Control.Kubernetes.Api;

namespace Serval.Control.Kubernetes.Watching;

/// <summary>
/// Keeps a source in step with the objects of one kind: it reads all of them, then follows their changes, and
/// starts anew from what it knows after every interruption. A failed read never removes anything.
/// </summary>
/// <remarks>
/// Owner: one source. Thread: one loop; <see cref="RelistAsync"/> from any. Bounds:
/// <see cref="KubernetesLimits"/>. The same steps as client-go's reflector: a watch that begins with all
/// objects where the server can, lists in pages where it cannot, bookmarks, expired versions, jittered
/// pauses.
/// </remarks>
/// <param name="api">The API server.</param>
/// <param name="scope">What is watched.</param>
/// <param name="keepsStatus">Whether the status of objects is kept.</param>
/// <param name="deliver">Takes each batch; the next one is read once it returns.</param>
/// <param name="time">The clock of pauses and deadlines.</param>
/// <param name="random">Jitter.</param>
/// <param name="log">Receives changes of state.</param>
internal sealed partial class Reflector(
    ApiClient api, WatchScope scope, bool keepsStatus, Func<WatchBatch, CancellationToken, ValueTask> deliver,
    TimeProvider time, Random random, ILogger log)
{
    private readonly ObjectReader _reader = new(scope.Kind, keepsStatus);
    private readonly Backoff _backoff = new(time, random);
    private readonly Lock _lock = new();
    private TaskCompletionSource? _relisted;
    private CancellationTokenSource? _turn;
    private string _version = "";
    private int _servedVersion;
    private bool _needsObjects = true;
    private bool _isListOnly;
    private bool _hasEnded;
    private int _shortWatches;
    private int _expirations;
    private int _unknownLooks;
    private long _failures;

    /// <summary>What it watches.</summary>
    public WatchScope Scope => scope;

    /// <summary>True once it has known every object that existed at one moment.</summary>
    public bool HasSynced { get; private set; }

    /// <summary>True while the server is asked for complete lists because it cannot stream them.</summary>
    public bool IsListOnly => _isListOnly;

    /// <summary>How many reads failed since the start.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>The resource version that it has followed to; opaque.</summary>
    public string Version => Volatile.Read(ref _version);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using CancellationTokenSource turn = CancellationTokenSource.CreateLinkedTokenSource(stop);
            lock (_lock)
            {
                _turn = turn;
                if (_relisted is not null)
                    RequireObjects("");
            }
            try
            {
                TimeSpan pause = await TurnAsync(turn.Token, stop);
                if (pause > TimeSpan.Zero)
                    await Task.Delay(pause, time, turn.Token);
            }
            catch (OperationCanceledException)
            {
                // Cancelled, or told to list anew.
            }
            finally
            {
                lock (_lock)
                    _turn = null;
            }
        }
        lock (_lock)
        {
            _hasEnded = true;
            _relisted?.TrySetResult();
        }
    }

    /// <summary>
    /// Reads all objects anew; completes once they have been delivered, or once it has ended.
    /// </summary>
    public Task RelistAsync(CancellationToken stop)
    {
        lock (_lock)
        {
            if (_hasEnded)
                return Task.CompletedTask;
            _relisted ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _turn?.Cancel();
            return _relisted.Task.WaitAsync(stop);
        }
    }

    private async Task<TimeSpan> TurnAsync(CancellationToken turn, CancellationToken stop)
    {
        try
        {
            // What an interruption left behind comes before anything newer.
            await DeliverAsync(stop);
            await FlushAsync(stop);
            return _needsObjects && _isListOnly ? await ListAsync(turn) : await WatchAsync(turn);
        }
        catch (ApiException refusal)
        {
            return await FailAsync(refusal.Fault, turn);
        }
        catch (Exception fault) when (fault is not (OutOfMemoryException or OperationCanceledException))
        {
            // Whatever went wrong, the loop goes on: an end would go unnoticed.
            Interlocked.Increment(ref _failures);
            TimeSpan pause = _backoff.Next();
            WatchLog.Failed(log, scope.ToString(), fault.Message, pause.TotalSeconds);
            return pause;
        }
    }

    // What follows from a refusal; the pause before the next try.
    private async Task<TimeSpan> FailAsync(ApiFault fault, CancellationToken stop)
    {
        if (fault.Code is 400 or 422 && _needsObjects && !_isListOnly)
        {
            // A server that cannot begin a watch with all objects stays so.
            WatchLog.ListsOnly(log, scope.ToString(), fault.ToString());
            _isListOnly = true;
            return TimeSpan.Zero;
        }
        Interlocked.Increment(ref _failures);
        if (fault.Code == 404 && await IsUnknownAsync(stop) && scope.IsOptional
            && (HasSynced || ++_unknownLooks >= KubernetesLimits.UnknownLooks))
            return await SkipUnknownAsync(stop);
        TimeSpan pause = _backoff.Next(fault.RetryAfter);
        if (fault.IsExpired || fault.IsTooLarge || fault.Code is 400 or 422)
        {
            // From the last version at first, which a cache may still serve; then from the newest.
            RequireObjects(_needsObjects || fault.IsTooLarge ? "" : _version);
            if (_expirations++ == 0)
                pause = TimeSpan.Zero;
        }
        WatchLog.Failed(log, scope.ToString(), fault.ToString(), pause.TotalSeconds);
        return pause;
    }

    // A proxy can answer 404 too, and that must not look like a cluster without objects: the API server's own
    // list of what it serves decides.
    private async Task<bool> IsUnknownAsync(CancellationToken stop)
    {
        try
        {
            return await Discovery.FindVersionAsync(api, scope.Kind, stop) is not { } version
                || (_servedVersion = Array.IndexOf(scope.Kind.Versions, version)) < 0;
        }
        catch (Exception fault) when (fault is HttpRequestException or ApiException or JsonException)
        {
            return false;
        }
    }

    // Without its definition there are no objects of a kind: nobody has to wait for it.
    private async Task<TimeSpan> SkipUnknownAsync(CancellationToken stop)
    {
        _servedVersion = 0;
        if (!HasSynced)
            WatchLog.UnknownKind(log, scope.ToString());
        await CompleteAsync([], [], stop);
        return TimeSpan.FromMilliseconds(KubernetesLimits.UnknownKindMs * (1 + random.NextDouble()));
    }

    private void RequireObjects(string version)
    {
        _needsObjects = true;
        Volatile.Write(ref _version, version);
    }

    private string Path => scope.Path(scope.Kind.Versions[_servedVersion]);
}
