using System.Runtime.CompilerServices;

namespace Serval.DataPlane.Buffers;

/// <summary>
/// Queues of byte runs over the buffers of one worker. Each segment holds one reference on its buffer.
/// Owner: one worker. Thread: the worker's. Bound: <see cref="Limits.SegmentsPerBuffer"/> and
/// <see cref="Limits.SegmentsPerSmallBuffer"/>.
/// </summary>
internal sealed partial class SegmentPool(BufferPool buffers, int capacity) : IDisposable
{
    private readonly Slab<Segment> _segments = new(capacity);

    /// <summary>Segments that can still be queued.</summary>
    public int Available => _segments.Available;

    /// <summary>
    /// Appends a run; takes over one reference on the buffer. A run that continues the last one joins it.
    /// </summary>
    public void Append(ref SegmentQueue queue, int buffer, int offset, int length)
    {
        int lastBuffer = -1;
        if (queue.Count > 0)
        {
            ref Segment last = ref _segments[queue.Tail];
            lastBuffer = last.Buffer;
            if (lastBuffer == buffer && last.Offset + last.Length == offset)
            {
                last.Length += length;
                buffers.Release(buffer);
                return;
            }
        }

        bool isLeased = _segments.TryLease(out int slot);
        Invariant.Check(isLeased, "there are more segments than references that buffers can have");
        ref Segment segment = ref _segments[slot];
        segment = new Segment { Buffer = buffer, Offset = offset, Length = length, Next = -1 };
        if (queue.Count == 0) queue.Head = slot;
        else _segments[queue.Tail].Next = slot;
        queue.Tail = slot;
        queue.Count++;
        if (lastBuffer != buffer) queue.PinnedBytes += buffers.SizeOf(buffer);
    }

    /// <summary>The first segment of a queue that is not empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Segment First(ref SegmentQueue queue) => ref _segments[queue.Head];

    /// <summary>A segment by slot, to walk a queue.</summary>
    public ref Segment At(int slot) => ref _segments[slot];

    /// <summary>Bytes of all runs of a queue.</summary>
    public long BytesOf(in SegmentQueue queue)
    {
        long bytes = 0;
        int at = queue.Head;
        for (int i = 0; i < queue.Count; i++)
        {
            ref Segment segment = ref _segments[at];
            bytes += segment.Length;
            at = segment.Next;
        }

        return bytes;
    }

    /// <summary>Drops bytes from the front; releases what is used up.</summary>
    public void Consume(ref SegmentQueue queue, long bytes)
    {
        while (bytes > 0)
        {
            Invariant.Check(queue.Count > 0, "no more is consumed than was queued");
            ref Segment first = ref _segments[queue.Head];
            if (first.Length > bytes)
            {
                first.Offset += (int)bytes;
                first.Length -= (int)bytes;
                return;
            }

            bytes -= first.Length;
            RemoveFirst(ref queue);
        }
    }

    /// <summary>Drops the first segment and its reference.</summary>
    public void RemoveFirst(ref SegmentQueue queue)
    {
        int slot = queue.Head;
        ref Segment first = ref _segments[slot];
        int buffer = first.Buffer;
        queue.Head = first.Next;
        queue.Count--;
        if (queue.Count == 0 || _segments[queue.Head].Buffer != buffer)
            queue.PinnedBytes -= buffers.SizeOf(buffer);
        buffers.Release(buffer);
        _segments.Release(slot);
    }

    /// <summary>
    /// Lets the first segment point to a copy of its bytes; takes over one reference on the buffer of the
    /// copy and drops that on the other.
    /// </summary>
    public void ReplaceFirst(ref SegmentQueue queue, int buffer, int offset)
    {
        ref Segment first = ref _segments[queue.Head];
        queue.PinnedBytes += buffers.SizeOf(buffer);
        bool isAlone = queue.Count == 1 || _segments[first.Next].Buffer != first.Buffer;
        if (isAlone) queue.PinnedBytes -= buffers.SizeOf(first.Buffer);
        buffers.Release(first.Buffer);
        first.Buffer = buffer;
        first.Offset = offset;
    }

    /// <summary>Drops the second segment and its reference.</summary>
    public void RemoveSecond(ref SegmentQueue queue)
    {
        ref Segment first = ref _segments[queue.Head];
        int slot = first.Next;
        ref Segment second = ref _segments[slot];
        int before = second.Buffer == first.Buffer ? 0 : buffers.SizeOf(second.Buffer);
        int after = 0;
        if (queue.Count > 2)
        {
            int third = _segments[second.Next].Buffer;
            if (third != second.Buffer) before += buffers.SizeOf(third);
            if (third != first.Buffer) after = buffers.SizeOf(third);
        }

        queue.PinnedBytes += after - before;
        buffers.Release(second.Buffer);
        first.Next = second.Next;
        if (queue.Tail == slot) queue.Tail = queue.Head;
        queue.Count--;
        _segments.Release(slot);
    }

    /// <summary>Drops everything.</summary>
    public void Clear(ref SegmentQueue queue)
    {
        while (queue.Count > 0) RemoveFirst(ref queue);
    }

    public void Dispose() => _segments.Dispose();
}
