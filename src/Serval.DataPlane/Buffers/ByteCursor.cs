namespace Serval.DataPlane.Buffers;

/// <summary>Reads the bytes of a queue in order and leaves the queue as it is.</summary>
internal ref struct ByteCursor
{
    private readonly BufferPool _buffers;
    private readonly SegmentPool _segments;
    private int _at;
    private int _left;
    private int _offset;

    public ByteCursor(BufferPool buffers, SegmentPool segments, in SegmentQueue queue)
    {
        _buffers = buffers;
        _segments = segments;
        _at = queue.Head;
        _left = queue.Count;
    }

    /// <summary>Copies the next bytes; returns how many there were, at most what was asked for.</summary>
    public int Read(scoped Span<byte> into)
    {
        int done = 0;
        while (done < into.Length && _left > 0)
        {
            ref Segment segment = ref _segments.At(_at);
            int count = Math.Min(into.Length - done, segment.Length - _offset);
            _buffers.Span(segment.Buffer, segment.Offset + _offset, count).CopyTo(into[done..]);
            done += count;
            _offset += count;
            if (_offset < segment.Length) break;
            _offset = 0;
            _at = segment.Next;
            _left--;
        }

        return done;
    }
}
