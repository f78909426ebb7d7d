using System.Runtime.CompilerServices;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Tls;

namespace Serval.DataPlane.Transports;

// TLS between what the kernel receives and sends and what owners see. A transport without it pays for one
// test of a flag.
internal sealed partial class TransportTable<TRing>
{
    /// <summary>
    /// Begins TLS on a transport: what it has received so far is sealed. False when there is no memory.
    /// </summary>
    /// <param name="slot">The transport.</param>
    /// <param name="context">SSL_CTX.</param>
    /// <param name="isClient">Whether we are the client of the two.</param>
    public bool TrySecure(int slot, nint context, bool isClient)
    {
        ref Transport transport = ref _slab[slot];
        if (!_sessions.TryBegin(slot, context, isClient, ref transport.Input)) return false;
        transport.Set(TransportFlags.IsTls);
        if (!transport.Has(TransportFlags.IsInputEnded)) return true;
        transport.Unset(TransportFlags.IsInputEnded);
        _sessions[slot].Set(TlsFlags.IsWireEnded);
        return true;
    }

    /// <summary>Goes on with the handshake of a transport; what it has to say is sent.</summary>
    public TlsProgress Handshake(int slot)
    {
        TlsProgress progress = _sessions.Handshake(slot);
        SendSealed(slot);
        if (progress == TlsProgress.NeedsMore && IsWireEnded(slot)) return TlsProgress.IsEnded;
        return progress;
    }

    /// <summary>
    /// Opens what has come, as far as credit goes, into the transport's input. An end that the peer did not
    /// announce is a cut: the transport then counts as broken.
    /// </summary>
    public TlsProgress Open(int slot)
    {
        ref Transport transport = ref _slab[slot];
        TlsProgress progress = _sessions.Open(slot, ref transport.Input, _creditBytes);
        if (progress == TlsProgress.IsBroken && !transport.Has(TransportFlags.IsSendBroken)
            && _sessions[slot].Messages > Limits.TlsMessagesMax)
            _counters.Add(Counter.LimitTlsMessages);
        // What OpenSSL had to say to it: new keys, or why it failed.
        SendSealed(slot);
        const TransportFlags cut = TransportFlags.IsInputEnded | TransportFlags.IsSendBroken;
        if (progress == TlsProgress.IsEnded) transport.Set(TransportFlags.IsInputEnded);
        else if (progress == TlsProgress.IsBroken) transport.Set(cut);
        else if (progress == TlsProgress.NeedsMore && IsWireEnded(slot)) transport.Set(cut);
        return progress;
    }

    /// <summary>Whether the peer's half of the connection has ended.</summary>
    public bool IsWireEnded(int slot)
    {
        ref Transport transport = ref _slab[slot];
        return transport.Has(TransportFlags.IsInputEnded)
            || (transport.Has(TransportFlags.IsTls) && _sessions[slot].Has(TlsFlags.IsWireEnded));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref SegmentQueue WireInput(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (transport.Has(TransportFlags.IsTls)) return ref _sessions[slot].Input;
        return ref transport.Input;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref SegmentQueue WireOutput(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (transport.Has(TransportFlags.IsTls)) return ref _sessions[slot].Output;
        return ref transport.Output;
    }

    // A record that waits for room is opened in a later part of the turn, once there is some.
    private bool WaitsToBeOpened(int slot)
    {
        if (!_sessions[slot].Has(TlsFlags.IsBlocked)) return false;
        ref Transport transport = ref _slab[slot];
        bool mayGo = transport.State == TransportState.Open
            && _sessions.MayOpen(slot, in transport.Input, _creditBytes)
            && (transport.Opposite < 0 || !IsFull(transport.Opposite));
        if (mayGo) _sessions.AddReady(slot);
        else WatchSoon(slot);
        return true;
    }

    private void FlushSealed(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (transport.State is TransportState.Closing or TransportState.Connecting) return;
        if (!transport.Output.IsEmpty
            && _sessions.Seal(slot, ref transport.Output, _creditBytes) == TlsProgress.IsBroken)
            transport.Set(TransportFlags.IsSendBroken);
        if (transport.Has(TransportFlags.IsSendBroken)) _segments.Clear(ref transport.Output);
        SendSealed(slot);
    }

    private void SendSealed(int slot)
    {
        ref Transport transport = ref _slab[slot];
        ref TlsSession session = ref _sessions[slot];
        if (transport.Has(TransportFlags.IsSending)) return;
        if (!session.Output.IsEmpty)
        {
            SendQueue(slot, ref session.Output);
            return;
        }

        if (session.Has(TlsFlags.IsCloseDue))
        {
            Close(slot);
            return;
        }

        if (!session.Has(TlsFlags.IsShutdownDue)) return;
        session.Unset(TlsFlags.IsShutdownDue);
        Shutdown(slot);
    }

    // True once nothing is left to be said before the connection's half ends. Otherwise it ends behind that.
    private bool TrySayEnd(int slot)
    {
        _sessions.Notify(slot);
        SendSealed(slot);
        if (!_slab[slot].Has(TransportFlags.IsSending)) return true;
        _sessions[slot].Set(TlsFlags.IsShutdownDue);
        return false;
    }

    // What the kernel has of the sealed bytes returns with its completion.
    private void EndSession(int slot)
    {
        if (!_slab[slot].Has(TransportFlags.IsSending)) _segments.Clear(ref _sessions[slot].Output);
        _sessions.Free(slot);
    }
}
