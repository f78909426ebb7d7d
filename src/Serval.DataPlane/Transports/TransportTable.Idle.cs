namespace Serval.DataPlane.Transports;

// Idle transports of either side, in the order in which they became idle.
internal sealed partial class TransportTable<TRing>
{
    private int _idleNewest = -1;

    /// <summary>The one that is idle for longest; -1 for none.</summary>
    public int IdleOldest { get; private set; } = -1;

    /// <summary>How many were closed to make room and are not free yet.</summary>
    public int Evicting { get; private set; }

    /// <summary>Says that a transport is idle from now on.</summary>
    public void JoinIdle(int slot)
    {
        ref Transport transport = ref _slab[slot];
        transport.IdleBefore = _idleNewest;
        transport.IdleAfter = -1;
        if (_idleNewest >= 0) _slab[_idleNewest].IdleAfter = slot;
        else IdleOldest = slot;
        _idleNewest = slot;
    }

    /// <summary>Says that a transport is not idle any more.</summary>
    public void LeaveIdle(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (transport.IdleBefore < 0 && IdleOldest != slot) return;
        if (transport.IdleBefore >= 0) _slab[transport.IdleBefore].IdleAfter = transport.IdleAfter;
        else IdleOldest = transport.IdleAfter;
        if (transport.IdleAfter >= 0) _slab[transport.IdleAfter].IdleBefore = transport.IdleBefore;
        else _idleNewest = transport.IdleBefore;
        transport.IdleBefore = -1;
        transport.IdleAfter = -1;
    }

    /// <summary>Says that a transport is about to be closed to make room.</summary>
    public void MarkEvicted(int slot)
    {
        _slab[slot].Set(TransportFlags.IsEvicted);
        Evicting++;
    }
}
