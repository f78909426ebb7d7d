using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Exchanges;

// When memory is short although everybody's credit has shrunk: the slowest are cut, and if that does not
// help, newcomers are refused.
internal sealed partial class ExchangeTable<TRing>
{
    private const int SlowestShare = 4;
    private long _relievedMs;

    // Nothing is left for another exchange but what answers need.
    private bool IsExhausted =>
        _buffers.Available < Math.Min(Limits.RefuseBelowBuffers, _buffers.Count / 16)
        && _buffers.SmallAvailable <= _buffers.SmallReserved;

    /// <summary>
    /// Cuts the slowest if memory is short. Looks at all transports, at most every few milliseconds: what was
    /// cut needs a turn to come back.
    /// </summary>
    public void RelieveMemory()
    {
        int wanted = Math.Min(Limits.CutBelowBuffers, _buffers.Count / 8);
        if (_buffers.Available >= wanted || _clock.NowMs - _relievedMs < Limits.CutIntervalMs) return;
        _relievedMs = _clock.NowMs;
        _mirrors.Relieve();
        // Once more soon, even if nothing happens.
        _timers.Set(_timers.OfMemory, _clock.NowMs + Limits.CutIntervalMs);
        long slowest = 0;
        for (int slot = 0; slot < _transports.Capacity; slot++)
        {
            ref Transport transport = ref _transports[slot];
            GiveUpRepeat(in transport);
            slowest = Math.Max(slowest, SlownessOf(slot));
        }

        for (int slot = 0; slot < _transports.Capacity && _buffers.Available < wanted; slot++)
        {
            ref Transport transport = ref _transports[slot];
            long slowness = SlownessOf(slot);
            if (slowness == 0 || slowness < slowest / SlowestShare) continue;
            // What the kernel has comes back later, and is not cut for a second time.
            wanted -= transport.Output.PinnedBytes / BufferPool.StrideBytes;
            Cut(slot);
        }
    }

    // A whole buffer with a head that was sent, kept in case that the upstream connection was dead already.
    private void GiveUpRepeat(in Transport transport)
    {
        bool isUpstream = transport.Owner == TransportOwner.Exchange
            && transport.State == TransportState.Open && transport.Has(TransportFlags.IsUpstream);
        if (!isUpstream) return;
        ref Exchange exchange = ref _exchanges[transport.Key];
        bool isWhole = exchange.HeadBuffer >= 0 && !_buffers.IsSmall(exchange.HeadBuffer);
        if (isWhole && transport.Output.IsEmpty) ReleaseHead(ref exchange);
    }

    // Byte-milliseconds: what is held, times how far behind. Who moves a byte per millisecond is not behind.
    private long SlownessOf(int slot)
    {
        ref Transport transport = ref _transports[slot];
        bool isOurs = transport.State == TransportState.Lingering
            || (transport.State == TransportState.Open
                && transport.Owner is not (TransportOwner.None or TransportOwner.Pool));
        if (!isOurs) return 0;
        long lagMs = _clock.NowMs - transport.PaidMs;
        if (lagMs < Limits.CutLagMs) return 0;
        return lagMs * _transports.HeldBytes(slot);
    }

    private void Cut(int slot)
    {
        ref Transport transport = ref _transports[slot];
        _counters.Add(Counter.ConnectionsCutForMemory);
        switch (transport.Owner)
        {
            case TransportOwner.Heads:
                AnswerUnfinishedHead(slot, Outcome.CutForMemory);
                break;
            case TransportOwner.Exchange:
                int id = transport.Key;
                ref Exchange exchange = ref _exchanges[id];
                exchange.Unset(ExchangeFlags.KeepsDownstream);
                _legs.Drop(in exchange.Downstream);
                AnswerOrAbort(id, Outcome.CutForMemory);
                break;
            case TransportOwner.Mirror:
                _mirrors.Cut(slot);
                break;
            default:
                _transports.Close(slot);
                break;
        }
    }
}
