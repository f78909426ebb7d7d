using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Tests.Buffers;

public sealed class BufferPoolTests
{
    [Fact]
    public void A_buffer_returns_with_its_last_reference()
    {
        using BufferPool pool = new(4);
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
        using BufferPool pool = new(3);
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
        using BufferPool pool = new(3);
        while (pool.TryLease(out int buffer))
            pool.Span(buffer, 0, BufferPool.StrideBytes).Fill((byte)(buffer + 1));
        for (int i = 0; i < 3; i++)
            Assert.Equal(-1, pool.Span(i, 0, BufferPool.StrideBytes).IndexOfAnyExcept((byte)(i + 1)));
        Assert.Equal(BufferPool.StrideBytes, (int)(pool.Address(1, 0) - pool.Address(0, 0)));
        Assert.Equal(5, (int)(pool.Address(1, 5) - pool.Address(1, 0)));
    }
}
