using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Tls;

namespace Serval.DataPlane.Transports;

// Receiving, with backpressure.
internal sealed partial class TransportTable<TRing>
{
    /// <summary>
    /// Arms a receive unless something says that bytes should wait where they are: the kernel then closes the
    /// peer's window. One rule for every transport.
    /// </summary>
    public void Arm(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (transport.Has(TransportFlags.IsTls) && WaitsToBeOpened(slot)) return;
        const TransportFlags busy =
            TransportFlags.IsReceiving | TransportFlags.IsInputEnded | TransportFlags.IsStarved;
        if ((transport.Flags & busy) != 0) return;
        if (transport.State is TransportState.Closing or TransportState.Connecting) return;
        if (MustPause(slot))
        {
            WatchSoon(slot);
            return;
        }

        transport.Set(TransportFlags.IsReceiving);
        transport.Unset(TransportFlags.IsPausing);
        transport.InFlight++;
        int bytesMax = IsTight ? BufferPool.SmallBytes : BufferPool.ReceiveBytes;
        _ring.Receive(slot, MayReceiveAhead, bytesMax, TokenOf(TokenKind.Receive, slot));
        if (IsTight) _counters.Add(Counter.ReceivesSmall);
    }

    /// <summary>
    /// Takes what a receive has brought into the input; false when there is nothing to tell the owner.
    /// </summary>
    public bool TakeReceived(int slot, in Completion completion, out int bytes)
    {
        ref Transport transport = ref _slab[slot];
        if (!completion.HasMore) transport.Unset(TransportFlags.IsReceiving | TransportFlags.IsPausing);
        bytes = Math.Max(completion.Result, 0);
        bool isClosing = transport.State == TransportState.Closing;
        if (bytes > 0)
        {
            Invariant.Check(completion.Buffer >= 0, "a receive with bytes names its buffer");
            NoteProgress(ref transport, bytes);
            if (isClosing) _buffers.Release(completion.Buffer);
            else Keep(ref WireInput(slot), completion.Buffer, bytes);
            return !isClosing;
        }

        if (completion.Buffer >= 0) _buffers.Release(completion.Buffer);
        switch (-completion.Result)
        {
            case 0 when transport.Has(TransportFlags.IsTls):
                // The end of the wire; that of the plain bytes is said on it.
                _sessions[slot].Set(TlsFlags.IsWireEnded);
                break;
            case 0:
                transport.Set(TransportFlags.IsInputEnded);
                break;
            case Errno.Nobufs:
                if (!isClosing) Starve(slot);
                return false;
            case Errno.Canceled or Errno.Intr or Errno.Again:
                break;
            default:
                // Reset, timed out, unreachable: the connection is gone.
                transport.Set(TransportFlags.IsInputEnded | TransportFlags.IsSendBroken);
                break;
        }

        return !isClosing;
    }

    /// <summary>
    /// Goes on receiving, once the owner has used of the input what it can: the rest waits in small memory.
    /// </summary>
    public void GoOn(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (transport.State == TransportState.Closing) return;
        Settle(ref transport.Input);
        if (transport.Has(TransportFlags.IsTls)) Settle(ref _sessions[slot].Input);
        PauseIfAhead(slot);
        Arm(slot);
    }

    /// <summary>Bytes that were received and not used.</summary>
    public long InputBytes(int slot) => _segments.BytesOf(in _slab[slot].Input);

    private void PauseIfAhead(int slot)
    {
        ref Transport transport = ref _slab[slot];
        const TransportFlags state = TransportFlags.IsReceiving | TransportFlags.IsPausing;
        if ((transport.Flags & state) != TransportFlags.IsReceiving || !MustPause(slot)) return;
        transport.Set(TransportFlags.IsPausing);
        _counters.Add(Counter.ReceivesPaused);
        Cancel(slot, TokenKind.Receive);
    }
}
