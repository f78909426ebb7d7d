using Serval.DataPlane.Accounting;

namespace Serval.DataPlane.Workers;

// What the kernel may receive into, and who waits for it.
internal sealed partial class Worker<TRing>
{
    private int _provided;
    private int _starved;
    private int _starvedHead = -1;
    private int _starvedTail = -1;

    // Keeps the kernel supplied. Down to the last buffer it gets a few of them, because a connection that
    // holds nothing must be heard: what is received then is little and is copied out at once.
    private void ProvideBuffers()
    {
        // The kernel takes buffers in the order in which they came, so each one is written to before any is
        // again: as few as the processor's cache can hold. Connections that wait have one each, else a few
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

        if (_provided == 0) Counters.Add(Counter.LimitBuffers);
        UpdateCredit();
    }

    // Connections whose receive found no buffer wait in the order in which they came.
    private void Starve(int slot)
    {
        ref Connection connection = ref _connections[slot];
        Counters.Add(Counter.ReceivesStarved);
        if (connection.Has(ConnectionFlags.IsStarved)) return;
        connection.Set(ConnectionFlags.IsStarved);
        connection.NextStarved = -1;
        connection.PreviousStarved = _starvedTail;
        if (_starvedTail < 0) _starvedHead = slot;
        else _connections[_starvedTail].NextStarved = slot;
        _starvedTail = slot;
        _starved++;
    }

    private void ResumeStarved()
    {
        for (int budget = _provided; budget > 0 && _starvedHead >= 0; budget--)
        {
            int slot = _starvedHead;
            Unstarve(slot);
            ArmReceive(slot);
        }
    }

    // Takes a connection out of those that wait for a buffer.
    private void Unstarve(int slot)
    {
        ref Connection connection = ref _connections[slot];
        if (!connection.Has(ConnectionFlags.IsStarved)) return;
        connection.Unset(ConnectionFlags.IsStarved);
        if (connection.PreviousStarved < 0) _starvedHead = connection.NextStarved;
        else _connections[connection.PreviousStarved].NextStarved = connection.NextStarved;
        if (connection.NextStarved < 0) _starvedTail = connection.PreviousStarved;
        else _connections[connection.NextStarved].PreviousStarved = connection.PreviousStarved;
        _starved--;
    }
}
