using Serval.DataPlane.Buffers;
using Serval.DataPlane.Tls;

namespace Serval.DataPlane.Transports;

// What one transport may hold, so that no number of slow ones can hold everything. It is counted in bytes of
// the buffers that are pinned, because a single byte keeps a whole buffer from others. The credit is a share
// of what is free: it shrinks for everybody as memory falls short, down to a small buffer each, of which
// there are enough for all transports. See decision 24.
internal sealed partial class TransportTable<TRing>
{
    private int _creditBytes;

    // Memory is short: transports get small buffers only.
    private bool IsTight => _creditBytes < BufferPool.StrideBytes;

    // A receive that goes on by itself fills several buffers before anybody looks at it. Only while there are
    // plenty.
    private bool MayReceiveAhead => _creditBytes >= Limits.CreditBuffersMultishot * BufferPool.StrideBytes;

    /// <summary>Whether what waits to be sent, plain and sealed, is as much as may wait.</summary>
    public bool IsFull(int slot) => WaitingBytes(slot) >= _creditBytes;

    /// <summary>
    /// Whether the other side may send again. Without credit only what is empty has room.
    /// </summary>
    public bool HasRoom(int slot) => WaitingBytes(slot) <= _creditBytes / Limits.CreditResumeDivisor;

    /// <summary>Bytes of buffers that a transport pins.</summary>
    public long HeldBytes(int slot)
    {
        ref Transport transport = ref _slab[slot];
        long bytes = transport.Input.PinnedBytes + transport.Output.PinnedBytes;
        if (!transport.Has(TransportFlags.IsTls)) return bytes;
        ref TlsSession session = ref _sessions[slot];
        return bytes + session.Input.PinnedBytes + session.Output.PinnedBytes;
    }

    private int WaitingBytes(int slot)
    {
        ref Transport transport = ref _slab[slot];
        int bytes = transport.Output.PinnedBytes;
        return transport.Has(TransportFlags.IsTls) ? bytes + _sessions[slot].Output.PinnedBytes : bytes;
    }

    private void UpdateCredit()
    {
        int buffers = (int)((long)_buffers.Available * Limits.CreditBuffers / _buffers.Count);
        _creditBytes = buffers > 0 ? buffers * BufferPool.StrideBytes : BufferPool.SmallStrideBytes;
    }

    // Bytes should wait where they are: the kernel then closes the peer's window.
    private bool MustPause(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (transport.Has(TransportFlags.IsTls))
        {
            // The rest of a record must be able to come: it is opened only once it is here whole.
            if (_sessions[slot].Has(TlsFlags.IsBlocked)) return true;
        }
        else if (transport.Input.Count > 1 && transport.Input.PinnedBytes >= _creditBytes)
        {
            // A single run may be a part of a head or of trailers: the rest must be able to come.
            return true;
        }

        return transport.Opposite >= 0 && IsFull(transport.Opposite);
    }

    // What was received joins what waits. Little is copied: otherwise a peer could hold a whole buffer with
    // each byte.
    private void Keep(ref SegmentQueue input, int buffer, int length)
    {
        ReadOnlySpan<byte> bytes = _buffers.Span(buffer, BufferPool.HeadroomBytes, length);
        bool isCopied = !input.IsEmpty && length <= Limits.BodyCopyMax
            && (_segments.TryCopyToTail(ref input, bytes) || _segments.TryCopyToSmall(ref input, bytes));
        if (isCopied) _buffers.Release(buffer);
        else _segments.Append(ref input, buffer, BufferPool.HeadroomBytes, length);
    }

    // What nobody could use yet, a part of a head or the rest of a body, waits in small memory if it is
    // little.
    private void Settle(ref SegmentQueue input)
    {
        if (input.Count != 1) return;
        ref Segment first = ref _segments.First(ref input);
        if (first.Length > Limits.BodyCopyMax || _buffers.IsSmall(first.Buffer)
            || !_buffers.TryLeaseSmall(out int small)) return;
        _buffers.Span(first.Buffer, first.Offset, first.Length)
            .CopyTo(_buffers.Span(small, BufferPool.HeadroomBytes, first.Length));
        _segments.ReplaceFirst(ref input, small, BufferPool.HeadroomBytes);
    }
}
