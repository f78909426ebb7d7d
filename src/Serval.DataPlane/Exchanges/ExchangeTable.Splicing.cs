using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Exchanges;

// Bytes both ways that nobody reads.
internal sealed partial class ExchangeTable<TRing>
{
    // From here on bytes are not ours to read (RFC 9110 §7.8). What the client sent before this was held.
    // Only once the head is queued: an upgrade that fails before is an exchange like any other.
    private static void BeginSplice(ref Exchange exchange)
    {
        exchange.Downstream.Kind = LegKind.Splice;
        exchange.Upstream.Kind = LegKind.Splice;
        exchange.RequestDeadlineMs = 0;
        exchange.AttemptDeadlineMs = 0;
    }

    // One direction; a half that ends is ended on the other side once all is sent.
    private void PumpSplice(int id, bool isUp)
    {
        ref Exchange exchange = ref _exchanges[id];
        ref Leg from = ref isUp ? ref exchange.Downstream : ref exchange.Upstream;
        ref Leg to = ref isUp ? ref exchange.Upstream : ref exchange.Downstream;
        if (_legs.IsBroken(in from) || _legs.IsBroken(in to))
        {
            Abort(id, Outcome.TunnelEnded);
            return;
        }

        ref SegmentQueue input = ref _legs.Input(in from);
        if (!input.IsEmpty) _legs.Splice(in from, in to);
        _legs.Send(in to);
        bool isOver = _legs.IsEnded(in from) && input.IsEmpty && _legs.Output(in to).IsEmpty;
        if (!isOver || _legs.IsOutputEnded(in to)) return;
        if (_legs.IsOutputEnded(in from)) Abort(id, Outcome.TunnelEnded);
        else _legs.EndOutput(in to);
    }
}
