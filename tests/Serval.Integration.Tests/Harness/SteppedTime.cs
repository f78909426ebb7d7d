namespace Serval.Integration.Tests.Harness;

/// <summary>A clock that goes only when it is told to, and says when somebody begins to wait.</summary>
internal sealed class SteppedTime : TimeProvider, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Alarm> _alarms = [];
    private readonly SemaphoreSlim _begun = new(0);
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
            return _now.Ticks;
    }

    /// <summary>Waits until somebody has begun to wait who was not counted yet.</summary>
    public Task TimerAsync(CancellationToken stop) => _begun.WaitAsync(stop);

    public void Advance(TimeSpan time)
    {
        Alarm[] due;
        lock (_lock)
        {
            _now += time;
            due = [.. _alarms.Where(alarm => alarm.DueAt <= _now)];
            _alarms.RemoveAll(due.Contains);
        }
        foreach (Alarm alarm in due)
            alarm.Ring();
    }

    public void Dispose() => _begun.Dispose();

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Alarm alarm = new(this, callback, state);
        _ = alarm.Change(dueTime, period);
        _begun.Release();
        return alarm;
    }

    private sealed class Alarm(SteppedTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan DueAt { get; private set; }

        public void Ring() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                DueAt = time._now + dueTime;
                time._alarms.Add(this);
            }
            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
                time._alarms.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
