using Serval.DataPlane.Accounting;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Transports;

// Lingering and closing.
internal sealed partial class TransportTable<TRing>
{
    private int _quietHead = -1;

    /// <summary>
    /// Ends a transport whatever it is doing. Its slot is free once the kernel has given everything back. An
    /// upstream one is closed by its pool, which counts it.
    /// </summary>
    public void Close(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (transport.State == TransportState.Closing) return;
        TransportState state = transport.State;
        transport.State = TransportState.Closing;
        _timers.Clear(TimerWheel.OfTransport(slot));
        LeaveIdle(slot);
        _segments.Clear(ref transport.Input);
        // What the kernel may still read returns with its completion, the rest at once.
        if (!transport.Has(TransportFlags.IsSending)) _segments.Clear(ref transport.Output);
        if (transport.Has(TransportFlags.IsTls)) EndSession(slot);
        Unstarve(slot);
        if (transport.Has(TransportFlags.IsUpstream))
        {
            _counters.Add(Counter.UpstreamCloses);
        }
        else
        {
            _counters.Add(Counter.ConnectionsClosed);
            _counters.DownstreamOpened(-1);
        }

        if (transport.Has(TransportFlags.IsReceiving)) Cancel(slot, TokenKind.Receive);
        if (transport.Has(TransportFlags.IsSending)) Cancel(slot, TokenKind.Send);
        if (transport.Has(TransportFlags.IsWatched)) Cancel(slot, TokenKind.Watch);
        if (state == TransportState.Connecting) Cancel(slot, TokenKind.Connect);
        FreeWhenQuiet(slot);
    }

    /// <summary>
    /// Ends a transport on which everything has been said. Where TLS is spoken the peer is told so, and knows
    /// that nothing was cut off (RFC 8446 §6.1). Whoever cuts a message off uses <see cref="Close"/>.
    /// </summary>
    public void CloseWhole(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (transport.Has(TransportFlags.IsTls) && transport.State == TransportState.Open)
        {
            _sessions.Notify(slot);
            FlushSealed(slot);
            if (transport.Has(TransportFlags.IsSending) && _sessions[slot].Has(TlsFlags.IsNotified))
            {
                CloseOnceSent(slot);
                return;
            }
        }

        Close(slot);
    }

    // Close takes back what the kernel has not taken yet, and without close_notify a message that ends with
    // the connection counts as cut off.
    private void CloseOnceSent(int slot)
    {
        LeaveIdle(slot);
        BeginLingering(slot);
        _sessions[slot].Set(TlsFlags.IsCloseDue);
        _timers.Set(TimerWheel.OfTransport(slot), _clock.NowMs + Limits.LingerIdleMs);
    }

    /// <summary>
    /// Frees a closing transport at the end of the turn if nothing of it is in flight. Not at once: whoever
    /// is still at work on it finds it closing, and never somebody else's.
    /// </summary>
    public void FreeWhenQuiet(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (transport.State != TransportState.Closing || transport.InFlight > 0
            || transport.Has(TransportFlags.IsQuiet)) return;
        transport.Set(TransportFlags.IsQuiet);
        transport.NextWaiting = _quietHead;
        _quietHead = slot;
    }

    /// <summary>Frees them. Once a turn, at its end.</summary>
    public void FreeQuiet()
    {
        while (_quietHead >= 0)
        {
            int slot = _quietHead;
            ref Transport transport = ref _slab[slot];
            _quietHead = transport.NextWaiting;
            _segments.Clear(ref transport.Output);
            if (transport.Has(TransportFlags.IsTls)) _segments.Clear(ref _sessions[slot].Output);
            if (transport.Has(TransportFlags.IsOpen)) _ring.Close(slot, TokenOf(TokenKind.Close, slot));
            if (transport.Has(TransportFlags.IsEvicted)) Evicting--;
            transport.State = TransportState.Free;
            transport.Generation++;
            _slab.Release(slot);
        }
    }

    /// <summary>
    /// Says that the listener of an accepted transport is gone. It names no socket afterwards, whose id is
    /// used again: otherwise a kept connection would come to the routes of another listener.
    /// </summary>
    public void Dismiss(int slot)
    {
        ref Transport transport = ref _slab[slot];
        transport.Origin = -1;
        transport.Set(TransportFlags.IsLeaving);
    }

    /// <summary>
    /// Ends our half, then reads and drops for a while, then closes (RFC 9112 §9.6): closing with unread
    /// input makes the kernel send a reset that can destroy the answer on its way. The kernel ends halves on
    /// threads of its own, which costs more than the rest of the connection: never where a plain close does.
    /// </summary>
    public void Linger(int slot)
    {
        const TransportFlags ended = TransportFlags.IsInputEnded | TransportFlags.IsSendBroken;
        if ((_slab[slot].Flags & ended) != 0)
        {
            CloseWhole(slot);
            return;
        }

        BeginLingering(slot);
        Shutdown(slot);
        _timers.Set(TimerWheel.OfTransport(slot), _clock.NowMs + Limits.LingerIdleMs);
        Arm(slot);
    }

    private void BeginLingering(int slot)
    {
        ref Transport transport = ref _slab[slot];
        transport.State = TransportState.Lingering;
        transport.Owner = TransportOwner.None;
        transport.Skipped = Limits.LingerBytesMax;
        transport.LingerEndMs = _clock.NowMs + Limits.LingerMs;
        _segments.Clear(ref transport.Input);
        if (transport.Has(TransportFlags.IsTls)) _segments.Clear(ref _sessions[slot].Input);
    }

    /// <summary>
    /// Drops what a lingering transport has received. Bounded by time first: a client that sends its whole
    /// body before it reads has to get there.
    /// </summary>
    public void DropLingering(int slot, int bytes)
    {
        ref Transport transport = ref _slab[slot];
        _segments.Clear(ref WireInput(slot));
        transport.Skipped -= bytes;
        if (IsWireEnded(slot))
        {
            Close(slot);
        }
        else if (transport.Skipped < 0)
        {
            _counters.Add(Counter.LimitLingerBytes);
            Close(slot);
        }
        else
        {
            _timers.Set(TimerWheel.OfTransport(slot),
                Math.Min(_clock.NowMs + Limits.LingerIdleMs, transport.LingerEndMs));
        }
    }
}
