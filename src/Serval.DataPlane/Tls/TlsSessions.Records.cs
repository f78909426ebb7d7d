using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.DataPlane.Tls;

// Records: opened one by one, each only once it is here whole, so that parts of records wait in memory that
// is counted and not in OpenSSL's.
internal sealed unsafe partial class TlsSessions
{
    /// <summary>
    /// Opens the records that are here whole, as far as credit goes. Each lands behind what is queued, in a
    /// buffer that fits it.
    /// </summary>
    /// <param name="slot">The transport's.</param>
    /// <param name="plain">Where the bytes go: the transport's input.</param>
    /// <param name="creditBytes">
    /// What the transport may hold; from there on a record waits, unless it may be the rest of a head.
    /// </param>
    public TlsProgress Open(int slot, ref SegmentQueue plain, int creditBytes)
    {
        ref TlsSession session = ref _slab[slot];
        session.Unset(TlsFlags.IsBlocked);
        if (session.Has(TlsFlags.IsBroken)) return TlsProgress.IsBroken;
        while (!session.Has(TlsFlags.IsPeerEnded))
        {
            int pending = session.Has(TlsFlags.HasPending) ? Ssl.Pending(session.Ssl) : 0;
            int record = pending > 0 ? pending : RecordLength(ref session.Input);
            if (record == NoRecord) return TlsProgress.NeedsMore;
            if (plain.Count > 1 && plain.PinnedBytes + session.Input.PinnedBytes >= creditBytes)
            {
                session.Set(TlsFlags.IsBlocked);
                return TlsProgress.IsBlocked;
            }

            TlsProgress progress = OpenRecord(ref session, ref plain, record, pending > 0);
            if (progress != TlsProgress.IsDone) return progress;
        }

        // RFC 8446 §6.1: what comes behind close_notify is ignored.
        _segments.Clear(ref session.Input);
        return TlsProgress.IsEnded;
    }

    /// <summary>Seals what is queued, as far as credit goes; the rest waits until some was sent.</summary>
    /// <param name="slot">The transport's.</param>
    /// <param name="plain">What is to be sealed: the transport's output.</param>
    /// <param name="creditBytes">What may wait sealed.</param>
    public TlsProgress Seal(int slot, ref SegmentQueue plain, int creditBytes)
    {
        ref TlsSession session = ref _slab[slot];
        const TlsFlags over = TlsFlags.IsBroken | TlsFlags.IsNotified;
        if (!session.Has(TlsFlags.IsEstablished)) return TlsProgress.NeedsMore;
        if ((session.Flags & over) != 0) return TlsProgress.IsBroken;
        while (!plain.IsEmpty)
        {
            if (session.Output.PinnedBytes >= creditBytes) return TlsProgress.IsBlocked;
            byte* bytes = NextRecord(ref plain, out int length);
            _wire.Bind(ref session, 0);
            int written = Ssl.Write(session.Ssl, bytes, length);
            if (written <= 0) return Break(ref session);
            session.Sealed += written;
            _segments.Consume(ref plain, written);
        }

        return TlsProgress.IsDone;
    }

    // Small runs that follow each other in the queue, as a head and its body do, share a record: a record
    // costs more than the copy.
    private byte* NextRecord(ref SegmentQueue plain, out int length)
    {
        ref Segment first = ref _segments.First(ref plain);
        length = Math.Min(first.Length, RecordBytesMax);
        byte* bytes = (byte*)_buffers.Address(first.Buffer, first.Offset);
        if (plain.Count == 1 || length >= GatheredBelowBytes) return bytes;
        length = 0;
        int at = plain.Head;
        for (int i = 0; i < plain.Count && length < RecordBytesMax; i++)
        {
            ref Segment segment = ref _segments.At(at);
            int count = Math.Min(segment.Length, RecordBytesMax - length);
            _buffers.Span(segment.Buffer, segment.Offset, count)
                .CopyTo(new Span<byte>(_record + length, count));
            length += count;
            at = segment.Next;
        }

        return _record;
    }

    private TlsProgress OpenRecord(
        ref TlsSession session, ref SegmentQueue plain, int length, bool isPending)
    {
        bool isBehind = TryTail(ref plain, length, out int buffer, out int offset);
        if (!isBehind)
        {
            offset = BufferPool.HeadroomBytes;
            if (!_buffers.TryLeaseFor(offset + length, out buffer))
            {
                _counters.Add(Counter.LimitBuffers);
                return Break(ref session);
            }
        }

        int room = Math.Min(_buffers.SizeOf(buffer) - offset, length);
        _wire.Bind(ref session, isPending ? 0 : HeaderBytes + length);
        int read = Ssl.Read(session.Ssl, (byte*)_buffers.Address(buffer, offset), room);
        if (read > 0)
        {
            if (isBehind) _segments.At(plain.Tail).Length += read;
            else _segments.Append(ref plain, buffer, offset, read);
            if (read == room) session.Set(TlsFlags.HasPending);
            else session.Unset(TlsFlags.HasPending);
            return TlsProgress.IsDone;
        }

        if (!isBehind) _buffers.Release(buffer);
        session.Unset(TlsFlags.HasPending);
        switch (Ssl.Error(session.Ssl, read))
        {
            case SslConstants.ErrorWantRead when session.Messages <= Limits.TlsMessagesMax:
                // A record without data: a ticket, an update of keys.
                return TlsProgress.IsDone;
            case SslConstants.ErrorZeroReturn:
                session.Set(TlsFlags.IsPeerEnded);
                return TlsProgress.IsDone;
            default:
                return Break(ref session);
        }
    }

    // The bytes of the first record behind its header; NoRecord when it is not here whole. OpenSSL refuses
    // one that is too long, so it need not come whole (RFC 8446 §5.2).
    private int RecordLength(ref SegmentQueue wire)
    {
        if (wire.IsEmpty) return NoRecord;
        ref Segment first = ref _segments.First(ref wire);
        int length;
        if (first.Length >= HeaderBytes)
        {
            ReadOnlySpan<byte> header = _buffers.Span(first.Buffer, first.Offset, HeaderBytes);
            length = (header[3] << 8) | header[4];
            if (first.Length - HeaderBytes >= length) return length;
        }
        else
        {
            Span<byte> header = stackalloc byte[HeaderBytes];
            if (new ByteCursor(_buffers, _segments, in wire).Read(header) < HeaderBytes) return NoRecord;
            length = (header[3] << 8) | header[4];
        }

        const int sealedMax = RecordBytesMax + 2_048;
        return length > sealedMax || HasBytes(in wire, HeaderBytes + length)
            ? Math.Min(length, sealedMax) : NoRecord;
    }

    private bool HasBytes(in SegmentQueue wire, int bytes)
    {
        int at = wire.Head;
        for (int i = 0; i < wire.Count && bytes > 0; i++)
        {
            ref Segment segment = ref _segments.At(at);
            bytes -= segment.Length;
            at = segment.Next;
        }

        return bytes <= 0;
    }

    private bool TryTail(ref SegmentQueue plain, int length, out int buffer, out int offset)
    {
        (buffer, offset) = (-1, 0);
        if (plain.IsEmpty) return false;
        ref Segment last = ref _segments.At(plain.Tail);
        (buffer, offset) = (last.Buffer, last.Offset + last.Length);
        return _buffers.IsExclusive(buffer) && _buffers.SizeOf(buffer) - offset >= length;
    }
}
