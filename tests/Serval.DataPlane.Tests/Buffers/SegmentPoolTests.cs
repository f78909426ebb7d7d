using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Tests.Buffers;

public sealed class SegmentPoolTests : IDisposable
{
    private const int Capacity = 8;
    private readonly BufferPool _buffers = new(8, 4);
    private readonly SegmentPool _segments;
    private SegmentQueue _queue;

    public SegmentPoolTests() => _segments = new SegmentPool(_buffers, Capacity);

    public void Dispose()
    {
        _segments.Dispose();
        _buffers.Dispose();
    }

    [Fact]
    public void A_run_that_continues_the_last_joins_it_and_gives_its_reference_back()
    {
        int buffer = Append(0, 10);
        _buffers.AddReference(buffer);
        _segments.Append(ref _queue, buffer, 10, 5);
        Assert.Equal([(buffer, 0, 15)], Runs());
        Assert.True(_buffers.IsExclusive(buffer));
    }

    [Fact]
    public void A_run_behind_a_gap_or_of_another_buffer_stays_apart()
    {
        int first = Append(0, 10);
        _buffers.AddReference(first);
        _segments.Append(ref _queue, first, 11, 5);
        int second = Append(16, 1);
        Assert.Equal([(first, 0, 10), (first, 11, 5), (second, 16, 1)], Runs());
        Assert.False(_buffers.IsExclusive(first));
    }

    [Theory]
    [InlineData(4, 2)]
    [InlineData(10, 1)]
    [InlineData(12, 1)]
    [InlineData(30, 0)]
    public void Consuming_releases_exactly_what_is_used_up(int bytes, int left)
    {
        int first = Append(0, 10);
        int second = Append(0, 20);
        _segments.Consume(ref _queue, bytes);
        Assert.Equal(left, _queue.Count);
        Assert.Equal(30 - bytes, Runs().Sum(run => run.Length));
        Assert.Equal(_buffers.Count - left, _buffers.Available);
        if (left == 2) Assert.Equal((first, bytes, 10 - bytes), Runs()[0]);
        if (left == 1) Assert.Equal((second, bytes - 10, 30 - bytes), Runs()[0]);
    }

    [Fact]
    public void The_second_can_be_removed_from_the_middle_and_from_the_end()
    {
        int first = Append(0, 1);
        Append(0, 2);
        int third = Append(0, 3);
        _segments.RemoveSecond(ref _queue);
        Assert.Equal([(first, 0, 1), (third, 0, 3)], Runs());
        _segments.RemoveSecond(ref _queue);
        int last = Append(0, 4);
        Assert.Equal([(first, 0, 1), (last, 0, 4)], Runs());
    }

    [Fact]
    public void Whole_buffers_are_counted_as_pinned_once_per_row_of_runs()
    {
        const int whole = BufferPool.StrideBytes;
        int first = Append(0, 10);
        Assert.Equal(whole, _queue.PinnedBytes);
        _buffers.AddReference(first);
        _segments.Append(ref _queue, first, 20, 10);
        Assert.Equal(whole, _queue.PinnedBytes);
        Append(0, 1);
        Assert.Equal(2 * whole, _queue.PinnedBytes);
        Assert.True(_buffers.TryLeaseSmall(out int small));
        _segments.Append(ref _queue, small, 0, 1);
        Assert.Equal((2 * whole) + BufferPool.SmallStrideBytes, _queue.PinnedBytes);
        _segments.RemoveFirst(ref _queue);
        Assert.Equal((2 * whole) + BufferPool.SmallStrideBytes, _queue.PinnedBytes);
        _segments.RemoveFirst(ref _queue);
        Assert.Equal(whole + BufferPool.SmallStrideBytes, _queue.PinnedBytes);
        _segments.RemoveSecond(ref _queue);
        Assert.Equal(whole, _queue.PinnedBytes);
        _segments.Clear(ref _queue);
        Assert.Equal(0, _queue.PinnedBytes);
    }

    [Fact]
    public void The_first_run_can_be_replaced_by_its_copy()
    {
        int first = Append(0, 10);
        _buffers.AddReference(first);
        _segments.Append(ref _queue, first, 20, 10);
        Assert.True(_buffers.TryLeaseSmall(out int small));
        _segments.ReplaceFirst(ref _queue, small, 64);
        Assert.Equal([(small, 64, 10), (first, 20, 10)], Runs());
        Assert.Equal(BufferPool.StrideBytes + BufferPool.SmallStrideBytes, _queue.PinnedBytes);
        _segments.RemoveSecond(ref _queue);
        Assert.Equal((BufferPool.SmallStrideBytes, _buffers.Count), (_queue.PinnedBytes, _buffers.Available));
    }

    [Fact]
    public void Removing_the_second_joins_rows_of_runs_in_the_same_buffer()
    {
        int first = Append(0, 10);
        Append(0, 1);
        _buffers.AddReference(first);
        _segments.Append(ref _queue, first, 20, 10);
        Assert.Equal(3 * BufferPool.StrideBytes, _queue.PinnedBytes);
        _segments.RemoveSecond(ref _queue);
        Assert.Equal(BufferPool.StrideBytes, _queue.PinnedBytes);
    }

    [Fact]
    public void Clearing_gives_everything_back_and_the_queue_can_be_used_again()
    {
        for (int i = 0; i < 3; i++) Append(0, 7);
        _segments.Clear(ref _queue);
        Assert.True(_queue.IsEmpty);
        Assert.Equal((_buffers.Count, Capacity), (_buffers.Available, _segments.Available));
        int buffer = Append(3, 4);
        Assert.Equal([(buffer, 3, 4)], Runs());
    }

    // Somebody else may have what lies behind: another run of the same receive.
    [Fact]
    public void Bytes_are_copied_behind_the_last_run_only_where_nobody_else_has_its_buffer()
    {
        int buffer = Append(0, 10);
        _buffers.AddReference(buffer);
        Assert.False(_segments.TryCopyToTail(ref _queue, "any"u8));
        Assert.Equal([(buffer, 0, 10)], Runs());
        _buffers.Release(buffer);
        Assert.True(_segments.TryCopyToTail(ref _queue, "any"u8));
        Assert.Equal([(buffer, 0, 13)], Runs());
        Assert.Equal("any"u8, _buffers.Span(buffer, 10, 3));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Joined_runs_are_written_over_nothing_that_somebody_else_has(bool isShared)
    {
        int first = Append(0, 10);
        _buffers.Whole(first).Fill((byte)'a');
        int second = Append(0, 5);
        _buffers.Whole(second).Fill((byte)'b');
        if (isShared) _buffers.AddReference(first);
        Assert.True(_segments.TryJoin(ref _queue));
        (int Buffer, int Offset, int Length) joined = Assert.Single(Runs());
        Assert.Equal("aaaaaaaaaabbbbb"u8, _buffers.Span(joined.Buffer, joined.Offset, joined.Length));
        Assert.Equal(!isShared, joined.Buffer == first);
        if (isShared) Assert.Equal(-1, _buffers.Whole(first).IndexOfAnyExcept((byte)'a'));
    }

    [Fact]
    public void A_gap_is_closed_behind_the_last_run_of_the_same_buffer_and_of_no_other()
    {
        int buffer = Append(0, 10);
        "any"u8.CopyTo(_buffers.Span(buffer, 20, 3));
        Assert.True(_buffers.TryLease(out int other));
        Assert.Equal(20, _segments.CloseGap(ref _queue, other, 20, 3));
        Assert.Equal(10, _segments.CloseGap(ref _queue, buffer, 20, 3));
        Assert.Equal("any"u8, _buffers.Span(buffer, 10, 3));
    }

    private int Append(int offset, int length)
    {
        Assert.True(_buffers.TryLease(out int buffer));
        _segments.Append(ref _queue, buffer, offset, length);
        return buffer;
    }

    private List<(int Buffer, int Offset, int Length)> Runs()
    {
        List<(int, int, int)> runs = [];
        int at = _queue.Head;
        for (int i = 0; i < _queue.Count; i++)
        {
            ref Segment segment = ref _segments.At(at);
            runs.Add((segment.Buffer, segment.Offset, segment.Length));
            at = segment.Next;
        }

        return runs;
    }
}
