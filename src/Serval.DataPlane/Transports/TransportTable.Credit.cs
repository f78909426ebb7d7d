using Serval.DataPlane.Buffers;

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

    /// <summary>Whether what waits to be sent is as much as may wait.</summary>
    public bool IsFull(in SegmentQueue output) => output.PinnedBytes >= _creditBytes;

    /// <summary>
    /// Whether the other side may send again. Without credit only what is empty has room.
    /// </summary>
    public bool HasRoom(in SegmentQueue output) =>
        output.PinnedBytes <= _creditBytes / Limits.CreditResumeDivisor;

    private void UpdateCredit()
    {
        int buffers = (int)((long)_buffers.Available * Limits.CreditBuffers / _buffers.Count);
        _creditBytes = buffers > 0 ? buffers * BufferPool.StrideBytes : BufferPool.SmallStrideBytes;
    }

    // Bytes should wait where they are: the kernel then closes the peer's window.
    private bool MustPause(in Transport transport)
    {
        // A single run may be a part of a head or of trailers: the rest must be able to come.
        if (transport.Input.Count > 1 && transport.Input.PinnedBytes >= _creditBytes) return true;
        return transport.Opposite >= 0 && IsFull(in _slab[transport.Opposite].Output);
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
