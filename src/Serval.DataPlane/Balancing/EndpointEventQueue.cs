namespace Serval.DataPlane.Balancing;

/// <summary>
/// What one worker has to say of endpoints, until somebody logs it. Thread: the worker puts, one other takes.
/// Bound: <see cref="Limits.EndpointEvents"/>; full: an event is dropped.
/// </summary>
internal sealed class EndpointEventQueue
{
    private readonly EndpointEvent[] _events = new EndpointEvent[Limits.EndpointEvents];
    private long _put;
    private long _taken;

    /// <summary>Queues an event, or drops it.</summary>
    public bool TryPut(in EndpointEvent change)
    {
        if (_put - Volatile.Read(ref _taken) == _events.Length) return false;
        _events[_put % _events.Length] = change;
        Volatile.Write(ref _put, _put + 1);
        return true;
    }

    /// <summary>Takes the oldest event.</summary>
    public bool TryTake(out EndpointEvent change)
    {
        change = default;
        if (_taken == Volatile.Read(ref _put)) return false;
        change = _events[_taken % _events.Length];
        Volatile.Write(ref _taken, _taken + 1);
        return true;
    }
}
