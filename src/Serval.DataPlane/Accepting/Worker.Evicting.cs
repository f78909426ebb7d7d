using Serval.DataPlane.Accounting;

namespace Serval.DataPlane.Workers;

// Idle connections of either side, in the order in which they became idle. When slots run short the oldest
// ones make room: a client whose kept connection ends opens another, a newcomer that is refused has nothing.
internal sealed partial class Worker<TRing>
{
    private int _idleOldest = -1;
    private int _idleNewest = -1;
    private int _evicting;

    private void JoinIdle(int slot)
    {
        ref Connection connection = ref _connections[slot];
        connection.IdleBefore = _idleNewest;
        connection.IdleAfter = -1;
        if (_idleNewest >= 0) _connections[_idleNewest].IdleAfter = slot;
        else _idleOldest = slot;
        _idleNewest = slot;
    }

    private void LeaveIdle(int slot)
    {
        ref Connection connection = ref _connections[slot];
        if (connection.IdleBefore < 0 && _idleOldest != slot) return;
        if (connection.IdleBefore >= 0)
            _connections[connection.IdleBefore].IdleAfter = connection.IdleAfter;
        else _idleOldest = connection.IdleAfter;
        if (connection.IdleAfter >= 0)
            _connections[connection.IdleAfter].IdleBefore = connection.IdleBefore;
        else _idleNewest = connection.IdleBefore;
        connection.IdleBefore = -1;
        connection.IdleAfter = -1;
    }

    // A slot is free only once the kernel has given everything back: what is under way already counts.
    private void EvictIdle(int wanted)
    {
        while (_evicting < wanted && _idleOldest >= 0)
        {
            int slot = _idleOldest;
            ref Connection connection = ref _connections[slot];
            connection.Set(ConnectionFlags.IsEvicted);
            _evicting++;
            Counters.Add(Counter.IdleEvicted);
            if (connection.Role == ConnectionRole.UpstreamIdle) RemoveIdle(slot);
            BeginClose(slot);
        }
    }
}
