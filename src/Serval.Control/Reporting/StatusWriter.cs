using Microsoft.Extensions.Logging;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Api;
using Serval.Control.Kubernetes.Watching;

namespace Serval.Control.Reporting;

/// <summary>
/// Writes statuses to the API server while this replica leads. Nothing is written without a change, one
/// object only after a pause, and no more than a few at once; whatever the watch shows that differs from
/// what should be there is written again.
/// </summary>
/// <remarks>
/// <para>Owner: one controller. Thread: any for <see cref="Observe"/> and <see cref="Request"/>; one loop
/// writes. Bounds: <see cref="ReportingLimits"/>.</para>
/// <para>What the ServiceAccount must be allowed: <c>patch</c> on <c>gatewayclasses/status, gateways/status,
/// listenersets/status</c>; <c>get</c> on the routes and <c>update</c> on <c>httproutes/status,
/// grpcroutes/status, tlsroutes/status, tcproutes/status, udproutes/status</c>
/// (gateway.networking.k8s.io); the same on <c>listenerpolicies</c> (serval.dev).</para>
/// </remarks>
/// <param name="api">The API server.</param>
/// <param name="controllerName">Whose entries are ours.</param>
/// <param name="wanted">The status that an object should have now; see <see cref="StatusDesk"/>.</param>
/// <param name="isLeader">Asked right before every write.</param>
/// <param name="rested">Called when a burst of writes is over and nothing has followed for a while.</param>
/// <param name="time">Clock of pauses and conditions.</param>
/// <param name="random">Jitter.</param>
/// <param name="log">Receives failures.</param>
internal sealed partial class StatusWriter(
    ApiClient api, string controllerName, Func<ObjectKey, WantedStatus> wanted, Func<bool> isLeader,
    Action rested, TimeProvider time, Random random, ILogger log) : IDisposable
{
    private const string FieldManager = "serval-control";
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, ObservedStatus> _observed = [];
    private readonly Dictionary<ObjectKey, long> _due = [];
    private readonly HashSet<ObjectKey> _writing = [];
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly WriteBursts _bursts = new();
    private long _pausedUntilMs;
    private long _writes;
    private long _failures;

    /// <summary>Writes that the API server took.</summary>
    public long Writes => Interlocked.Read(ref _writes);

    /// <summary>Writes that failed; each is tried again.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Objects that wait to be looked at.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _due.Count + _writing.Count;
        }
    }

    private long NowMs => time.GetTimestamp() / (time.TimestampFrequency / 1_000);

    /// <summary>Takes what a watch showed.</summary>
    public void Observe(WatchBatch batch)
    {
        lock (_lock)
        {
            foreach (ObjectKey key in batch.Deletes)
            {
                _observed.Remove(key);
                _due.Remove(key);
            }
            foreach (WatchedObject found in batch.Upserts.Where(found => HasStatus(found.Key)))
            {
                ObservedStatus seen = ObservedStatus.Of(found);
                if (_observed.TryGetValue(found.Key, out ObservedStatus? before) && before.Uid == seen.Uid
                    && !seen.IsNewerThan(before))
                    continue;
                _observed[found.Key] = seen with { WrittenAtMs = before?.WrittenAtMs };
                Enqueue(found.Key, ReportingLimits.LookMs);
            }
        }
        Wake();
    }

    /// <summary>Looks at these objects again: what they should say may have changed.</summary>
    public void Request(IEnumerable<ObjectKey> keys)
    {
        lock (_lock)
        {
            foreach (ObjectKey key in keys)
                Enqueue(key, ReportingLimits.LookMs);
        }
        Wake();
    }

    /// <summary>Writes until it is cancelled; begins with a look at every object.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        lock (_lock)
        {
            foreach (ObjectKey key in _observed.Keys)
                Enqueue(key, 0);
        }
        using SemaphoreSlim free = new(ReportingLimits.WritesAtOnce);
        List<Task> running = [];
        while (!stop.IsCancellationRequested)
        {
            (ObjectKey? next, int waitMs) = TakeNext();
            if (next is not { } key)
            {
                await WaitAsync(waitMs, stop);
                continue;
            }
            await free.WaitAsync(CancellationToken.None);
            running.RemoveAll(task => task.IsCompleted);
            running.Add(WriteAndFreeAsync(key, free, stop));
        }
        await Task.WhenAll(running);
    }

    private async Task WaitAsync(int waitMs, CancellationToken stop)
    {
        bool mayRest = waitMs == Timeout.Infinite && _bursts.HasBegun(Writes);
        bool isOver = false;
        await using ITimer timer = time.CreateTimer(
            _ =>
            {
                Volatile.Write(ref isOver, true);
                Wake();
            },
            null, TimeSpan.FromMilliseconds(mayRest ? ReportingLimits.RestMs : waitMs),
            Timeout.InfiniteTimeSpan);
        await _signal.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (mayRest && Volatile.Read(ref isOver) && Waiting == 0 && _bursts.Rest(Writes))
            rested();
    }

    /// <inheritdoc/>
    public void Dispose() => _signal.Dispose();

    private static bool HasStatus(ObjectKey key) => key.Group is Groups.Gateway or Groups.Serval
        && key.Kind is not (Kinds.ReferenceGrant or Kinds.BackendTlsPolicy);

    private async Task WriteAndFreeAsync(ObjectKey key, SemaphoreSlim free, CancellationToken stop)
    {
        int againMs = -1;
        try
        {
            againMs = await WriteAsync(key, stop);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            if (!stop.IsCancellationRequested)
                againMs = Fail(key, fault.Message);
        }
        finally
        {
            lock (_lock)
            {
                _writing.Remove(key);
                if (againMs >= 0)
                    Enqueue(key, againMs);
            }
            free.Release();
            Wake();
        }
    }

    private int Fail(ObjectKey key, string reason)
    {
        Interlocked.Increment(ref _failures);
        ReportingLog.WriteFailed(log, key.ToString(), reason);
        // Writes run at once, and a generator is one thread's at a time.
        lock (_lock)
            return (int)(ReportingLimits.RetryMs * (1 + random.NextDouble()));
    }

    // What is due first and not being written; else how long to wait.
    private (ObjectKey? Next, int WaitMs) TakeNext()
    {
        lock (_lock)
        {
            long now = NowMs;
            long earliest = long.MaxValue;
            foreach ((ObjectKey key, long dueMs) in _due)
            {
                long due = Math.Max(dueMs, _pausedUntilMs);
                if (_writing.Contains(key))
                    continue; // its end wakes us
                if (due <= now)
                {
                    _due.Remove(key);
                    _writing.Add(key);
                    return (key, 0);
                }
                earliest = Math.Min(earliest, due);
            }
            return (null, earliest == long.MaxValue ? Timeout.Infinite : (int)Math.Max(1, earliest - now));
        }
    }

    // Under the lock.
    private void Enqueue(ObjectKey key, int delayMs)
    {
        long due = NowMs + delayMs;
        if (_observed.GetValueOrDefault(key)?.WrittenAtMs is { } written)
            due = Math.Max(due, written + ReportingLimits.WritePauseMs);
        _due[key] = _due.TryGetValue(key, out long before) ? Math.Min(before, due) : due;
    }

    private void Wake()
    {
        lock (_signal)
        {
            if (_signal.CurrentCount == 0)
                _signal.Release();
        }
    }
}
