using Serval.DataPlane.Accounting;
using Serval.DataPlane.Pools;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Accepting;

/// <summary>
/// Makes room when slots run short: the connections that were idle for longest, of either side, are closed. A
/// client whose kept connection ends opens another, a newcomer that is refused has nothing.
/// Owner: one worker. Thread: the worker's.
/// </summary>
internal sealed class Evictor<TRing>(
    TransportTable<TRing> transports, UpstreamPools<TRing> pools, WorkerCounters counters)
    where TRing : struct, IRing
{
    /// <summary>
    /// Lets idle connections end until so many are about to be free. A slot is free only once the kernel has
    /// given everything back: what is under way already counts.
    /// </summary>
    public void Evict(int wanted)
    {
        while (transports.Evicting < wanted && transports.IdleOldest >= 0)
        {
            int slot = transports.IdleOldest;
            transports.MarkEvicted(slot);
            counters.Add(Counter.IdleEvicted);
            if (transports[slot].Owner == TransportOwner.Pool) pools.Close(slot);
            else transports.CloseWhole(slot);
        }
    }
}
