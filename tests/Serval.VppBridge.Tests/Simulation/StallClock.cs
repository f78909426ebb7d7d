namespace Serval.VppBridge.Tests.Simulation;

/// <summary>A clock on which time passes only when somebody is left to wait: then every time limit is
/// over at once.</summary>
internal sealed class StallClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly HashSet<Limit> _limits = [];

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var limit = new Limit(this, () => callback(state));
        lock (_gate)
            _limits.Add(limit);
        return limit;
    }

    public void Expire()
    {
        Limit[] all;
        lock (_gate)
        {
            all = [.. _limits];
            _limits.Clear();
        }

        foreach (Limit limit in all)
            limit.Fire();
    }

    private sealed class Limit(StallClock clock, Action fire) : ITimer
    {
        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            lock (clock._gate)
                clock._limits.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
