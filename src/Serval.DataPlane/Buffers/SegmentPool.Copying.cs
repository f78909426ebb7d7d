namespace Serval.DataPlane.Buffers;

// Bytes that are copied from one buffer to another: always few, so that they do not pin more than they are.
internal sealed partial class SegmentPool
{
    /// <summary>
    /// Copies bytes behind what is queued already, so that they leave in one piece with it; false when there
    /// is no room.
    /// </summary>
    public bool TryCopyToTail(ref SegmentQueue queue, ReadOnlySpan<byte> bytes)
    {
        if (queue.IsEmpty) return false;
        ref Segment last = ref _segments[queue.Tail];
        int end = last.Offset + last.Length;
        // Exclusive: nothing else points into the buffer, so what lies behind the segment is free.
        if (!buffers.IsExclusive(last.Buffer) || bytes.Length > buffers.SizeOf(last.Buffer) - end)
            return false;
        bytes.CopyTo(buffers.Span(last.Buffer, end, bytes.Length));
        last.Length += bytes.Length;
        return true;
    }

    /// <summary>Queues a copy of bytes in a small buffer; false when none is left.</summary>
    public bool TryCopyToSmall(ref SegmentQueue queue, ReadOnlySpan<byte> bytes)
    {
        if (!buffers.TryLeaseSmall(out int small)) return false;
        bytes.CopyTo(buffers.Span(small, BufferPool.HeadroomBytes, bytes.Length));
        Append(ref queue, small, BufferPool.HeadroomBytes, bytes.Length);
        return true;
    }

    /// <summary>Queues a copy of bytes; false when no buffer is left.</summary>
    public bool TryAppendCopy(ref SegmentQueue queue, ReadOnlySpan<byte> bytes)
    {
        if (TryCopyToTail(ref queue, bytes)) return true;
        if (!buffers.TryLeaseFor(bytes.Length, out int buffer)) return false;
        bytes.CopyTo(buffers.Span(buffer, 0, bytes.Length));
        Append(ref queue, buffer, 0, bytes.Length);
        return true;
    }

    /// <summary>
    /// Moves a short run down over the gap between it and the last one, if that is in the same buffer: tiny
    /// chunks with extensions would leave a segment each otherwise. The gap holds framing that was read.
    /// </summary>
    /// <returns>Where the run is then.</returns>
    public int CloseGap(ref SegmentQueue queue, int buffer, int offset, int length)
    {
        if (queue.IsEmpty || length > Limits.BodyCopyMax) return offset;
        ref Segment last = ref _segments[queue.Tail];
        int end = last.Offset + last.Length;
        if (last.Buffer != buffer || end >= offset) return offset;
        buffers.Span(buffer, offset, length).CopyTo(buffers.Span(buffer, end, length));
        return end;
    }

    /// <summary>
    /// Brings the second segment's bytes behind the first's, so that a head or a trailer section lies in one
    /// piece; false when no buffer is left. Sections are smaller than a buffer, so there is always room once
    /// the bytes are at its beginning.
    /// </summary>
    public bool TryJoin(ref SegmentQueue queue)
    {
        ref Segment first = ref First(ref queue);
        ref Segment second = ref _segments[first.Next];
        int end = first.Offset + first.Length;
        int missing = Math.Min(second.Length, BufferPool.ReceiveBytes - first.Length);
        Invariant.Check(missing > 0, "a section that is joined is shorter than a buffer");
        if (end + missing > buffers.SizeOf(first.Buffer) || !buffers.IsExclusive(first.Buffer))
        {
            const int start = BufferPool.HeadroomBytes;
            if (!buffers.TryLeaseFor(start + first.Length + missing, out int buffer)) return false;
            buffers.Span(first.Buffer, first.Offset, first.Length)
                .CopyTo(buffers.Span(buffer, start, first.Length));
            ReplaceFirst(ref queue, buffer, start);
            end = start + first.Length;
        }

        buffers.Span(second.Buffer, second.Offset, missing).CopyTo(
            buffers.Span(first.Buffer, end, missing));
        first.Length += missing;
        second.Offset += missing;
        second.Length -= missing;
        if (second.Length == 0) RemoveSecond(ref queue);
        return true;
    }
}
