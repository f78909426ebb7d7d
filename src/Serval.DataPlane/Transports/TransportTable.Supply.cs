using Serval.DataPlane.Accounting;

namespace Serval.DataPlane.Transports;

// What the kernel may receive into, and who waits for it.
internal sealed partial class TransportTable<TRing>
{
    private int _provided;
    private int _starved;
    private int _starvedHead = -1;
    private int _starvedTail = -1;

    /// <summary>Says that a completion has used a buffer that was with the kernel.</summary>
    public void NoteProvided() => _provided--;

    /// <summary>
    /// Keeps the kernel supplied. Down to the last buffer it gets a few of them, because a transport that
    /// holds nothing must be heard: what is received then is little and is copied out at once.
    /// </summary>
    public void ProvideBuffers()
    {
        // The kernel takes buffers in the order in which they came, so each one is written to before any is
        // again: as few as the processor's cache can hold. Transports that wait have one each, else a few
        // of them would be served time and again.
        int wanted = Math.Clamp(_starved, Limits.ProvidedBuffersLow, Limits.ProvidedBuffers);
        int target = Math.Min(wanted, _buffers.Count / 2);
        int reserve = Math.Min(Limits.BuffersReserved, _buffers.Count / 8);
        while (_provided < target
            && (_provided < Limits.ProvidedBuffersLow || _buffers.Available > reserve)
            && _buffers.TryLease(out int buffer))
        {
            _ring.ProvideBuffer(buffer);
            _provided++;
        }

        if (_provided == 0) _counters.Add(Counter.LimitBuffers);
        UpdateCredit();
    }

    // Transports whose receive found no buffer wait in the order in which they came.
    private void Starve(int slot)
    {
        ref Transport transport = ref _slab[slot];
        _counters.Add(Counter.ReceivesStarved);
        if (transport.Has(TransportFlags.IsStarved)) return;
        transport.Set(TransportFlags.IsStarved);
        transport.NextWaiting = -1;
        transport.PreviousStarved = _starvedTail;
        if (_starvedTail < 0) _starvedHead = slot;
        else _slab[_starvedTail].NextWaiting = slot;
        _starvedTail = slot;
        _starved++;
    }

    /// <summary>Lets as many of those that wait for a buffer receive as there are buffers.</summary>
    public void ResumeStarved()
    {
        for (int budget = _provided; budget > 0 && _starvedHead >= 0; budget--)
        {
            int slot = _starvedHead;
            Unstarve(slot);
            Arm(slot);
        }
    }

    // Takes a transport out of those that wait for a buffer.
    private void Unstarve(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (!transport.Has(TransportFlags.IsStarved)) return;
        transport.Unset(TransportFlags.IsStarved);
        if (transport.PreviousStarved < 0) _starvedHead = transport.NextWaiting;
        else _slab[transport.PreviousStarved].NextWaiting = transport.NextWaiting;
        if (transport.NextWaiting < 0) _starvedTail = transport.PreviousStarved;
        else _slab[transport.NextWaiting].PreviousStarved = transport.PreviousStarved;
        _starved--;
    }
}
