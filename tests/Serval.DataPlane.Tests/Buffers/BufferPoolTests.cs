using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Tests.Buffers;

public sealed class BufferPoolTests
{
    [Fact]
    public void A_buffer_returns_with_its_last_reference()
    {
        using BufferPool pool = new(4, 2);
        Assert.True(pool.TryLease(out int buffer));
        Assert.True(pool.IsExclusive(buffer));
        pool.AddReference(buffer);
        Assert.False(pool.IsExclusive(buffer));
        pool.Release(buffer);
        Assert.True(pool.IsExclusive(buffer));
        Assert.Equal(3, pool.Available);
        pool.Release(buffer);
        Assert.Equal(4, pool.Available);
    }

    [Fact]
    public void An_exhausted_pool_says_no_until_a_buffer_returns()
    {
        using BufferPool pool = new(3, 2);
        HashSet<int> leased = [];
        for (int i = 0; i < 3; i++)
        {
            Assert.True(pool.TryLease(out int buffer));
            Assert.True(leased.Add(buffer));
        }

        Assert.False(pool.TryLease(out int none));
        Assert.Equal((-1, 0), (none, pool.Available));
        pool.Release(1);
        Assert.True(pool.TryLease(out int again));
        Assert.Equal(1, again);
    }

    [Fact]
    public void Buffers_do_not_overlap_and_addresses_agree_with_spans()
    {
        using BufferPool pool = new(3, 2);
        while (pool.TryLease(out int buffer))
            pool.Span(buffer, 0, BufferPool.StrideBytes).Fill((byte)(buffer + 1));
        for (int i = 0; i < 3; i++)
            Assert.Equal(-1, pool.Span(i, 0, BufferPool.StrideBytes).IndexOfAnyExcept((byte)(i + 1)));
        Assert.Equal(BufferPool.StrideBytes, (int)(pool.Address(1, 0) - pool.Address(0, 0)));
        Assert.Equal(5, (int)(pool.Address(1, 5) - pool.Address(1, 0)));
    }

    [Fact]
    public void Small_buffers_lie_apart_and_return_to_their_own()
    {
        using BufferPool pool = new(2, 3);
        HashSet<int> small = [];
        while (pool.TryLeaseSmall(out int buffer))
        {
            Assert.True(pool.IsSmall(buffer));
            Assert.True(small.Add(buffer));
            pool.Whole(buffer).Fill((byte)(buffer + 1));
        }

        Assert.Equal((3, 0, 2), (small.Count, pool.SmallAvailable, pool.Available));
        Assert.All(small, buffer =>
        {
            Assert.Equal(BufferPool.SmallStrideBytes, pool.Whole(buffer).Length);
            Assert.Equal(-1, pool.Whole(buffer).IndexOfAnyExcept((byte)(buffer + 1)));
        });
        pool.Release(small.First());
        Assert.Equal((1, 2), (pool.SmallAvailable, pool.Available));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(BufferPool.SmallStrideBytes, true)]
    [InlineData(BufferPool.SmallStrideBytes + 1, false)]
    public void A_lease_takes_a_small_buffer_where_that_is_enough(int bytes, bool isSmall)
    {
        using BufferPool pool = new(1, 1);
        Assert.True(pool.TryLeaseFor(bytes, out int buffer));
        Assert.Equal(isSmall, pool.IsSmall(buffer));
        // A whole one does where no small one is left, and not the other way round.
        Assert.Equal(isSmall, pool.TryLeaseFor(bytes, out _));
    }

    // An eighth of the small ones, whatever there is of the whole ones.
    [Fact]
    public void The_last_small_buffers_are_kept_for_answers_and_a_whole_one_does_when_they_are_gone()
    {
        using BufferPool pool = new(1, 16);
        for (int i = 0; i < 14; i++) Assert.True(pool.TryLeaseSmall(out _));
        Assert.False(pool.TryLeaseSmall(out int none));
        Assert.Equal((-1, 2), (none, pool.SmallAvailable));
        for (int i = 0; i < 3; i++)
        {
            Assert.True(pool.TryLeaseForAnswer(out int buffer));
            Assert.Equal(i < 2, pool.IsSmall(buffer));
        }

        Assert.False(pool.TryLeaseForAnswer(out _));
    }
}
