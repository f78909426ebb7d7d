using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Workers;

// When memory is short although everybody's credit has shrunk: the slowest are cut, and if that does not
// help, newcomers are refused.
internal sealed partial class Worker<TRing>
{
    private const int SlowestShare = 4;
    private long _relievedMs;
    private bool _isMemoryShort;

    // Nothing is left for another exchange but what answers need.
    private bool IsExhausted =>
        _buffers.Available < Math.Min(Limits.RefuseBelowBuffers, _buffers.Count / 16)
        && _buffers.SmallAvailable <= _buffers.SmallReserved;

    // Looks at all connections, at most every few milliseconds: what was cut needs a turn to come back.
    private void RelieveMemory()
    {
        int wanted = Math.Min(Limits.CutBelowBuffers, _buffers.Count / 8);
        _isMemoryShort = _buffers.Available < wanted;
        if (!_isMemoryShort || _nowMs - _relievedMs < Limits.CutIntervalMs) return;
        _relievedMs = _nowMs;
        long slowest = 0;
        for (int slot = 0; slot < _connections.Capacity; slot++)
        {
            ref Connection connection = ref _connections[slot];
            if (connection.Role == ConnectionRole.UpstreamBusy) GiveUpRepeat(in connection);
            slowest = Math.Max(slowest, SlownessOf(in connection));
        }

        for (int slot = 0; slot < _connections.Capacity && _buffers.Available < wanted; slot++)
        {
            ref Connection connection = ref _connections[slot];
            long slowness = SlownessOf(in connection);
            if (slowness == 0 || slowness < slowest / SlowestShare) continue;
            // What the kernel has comes back later, and is not cut for a second time.
            wanted -= connection.Output.PinnedBytes / BufferPool.StrideBytes;
            CutForMemory(slot);
        }
    }

    // A whole buffer with a head that was sent, kept in case that the upstream connection was dead already.
    private void GiveUpRepeat(in Connection upstream)
    {
        ref Exchange exchange = ref _exchanges[upstream.Exchange];
        bool isWhole = exchange.HeadBuffer >= 0 && !_buffers.IsSmall(exchange.HeadBuffer);
        if (isWhole && upstream.Output.IsEmpty) ReleaseHead(ref exchange);
    }

    // Byte-milliseconds: what is held, times how far behind. Who moves a byte per millisecond is not behind.
    private long SlownessOf(in Connection connection)
    {
        if (connection.Role is not (ConnectionRole.Downstream or ConnectionRole.DownstreamBusy
            or ConnectionRole.UpstreamBusy or ConnectionRole.Lingering)) return 0;
        long lagMs = _nowMs - connection.PaidMs;
        if (lagMs < Limits.CutLagMs) return 0;
        return lagMs * (connection.Input.PinnedBytes + connection.Output.PinnedBytes);
    }

    private void CutForMemory(int slot)
    {
        ref Connection connection = ref _connections[slot];
        Counters.Add(Counter.ConnectionsCutForMemory);
        switch (connection.Role)
        {
            case ConnectionRole.Downstream:
                AnswerUnfinishedHead(slot, Outcome.CutForMemory);
                break;
            case ConnectionRole.DownstreamBusy or ConnectionRole.UpstreamBusy:
                int id = connection.Exchange;
                ref Exchange exchange = ref _exchanges[id];
                exchange.Unset(ExchangeFlags.KeepsDownstream);
                _segments.Clear(ref _connections[exchange.Downstream].Input);
                AnswerOrAbort(id, Outcome.CutForMemory);
                break;
            default:
                BeginClose(slot);
                break;
        }
    }
}
