namespace Serval.VppBridge.Tests.Reconciling;

/// <summary>
/// A clock on which every wait is over at once, and has taken its time all the same. It keeps how long they
/// were. After as many as it is asked for, waits last for ever.
/// </summary>
/// <param name="waits">How many are over at once.</param>
internal sealed class HastyTime(int waits) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _waits = [];
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How long each wait was, in milliseconds.</summary>
    public double[] Waits
    {
        get
        {
            lock (_lock)
                return [.. _waits.Select(wait => wait.TotalMilliseconds)];
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public void Advance(TimeSpan time)
    {
        lock (_lock)
            _now += time;
    }

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            if (_waits.Count == waits || dueTime < TimeSpan.Zero)
                return new Timer();
            _waits.Add(dueTime);
            _now += dueTime;
        }
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return new Timer();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
