using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Tests.Buffers;

public class MemoryLogTests
{
    [Fact]
    public void A_bout_has_a_line_at_its_beginning_and_one_at_its_end()
    {
        MemoryLog log = new();
        Assert.Null(log.Take(cut: 0, missing: 0, nowMs: 1_000));
        Assert.Contains("2 connections cut, 5 times", log.Take(2, 5, 2_000), StringComparison.Ordinal);
        for (int i = 1; i <= 100; i++) Assert.Null(log.Take(2 + i, 5, 2_000 + i));
        long last = 2_000 + 100;
        Assert.Null(log.Take(102, 5, last + Limits.MemoryBoutEndsMs - 1));
        Assert.Contains("102 connections were cut, 5 times",
            log.Take(102, 5, last + Limits.MemoryBoutEndsMs), StringComparison.Ordinal);
        Assert.Null(log.Take(102, 5, last + (2 * Limits.MemoryBoutEndsMs)));
    }

    [Fact]
    public void The_next_bout_counts_from_its_own_beginning()
    {
        MemoryLog log = new();
        Assert.NotNull(log.Take(7, 0, 1_000));
        Assert.NotNull(log.Take(7, 0, 1_000 + Limits.MemoryBoutEndsMs));
        Assert.Contains("0 connections cut, 1 times", log.Take(7, 1, 100_000), StringComparison.Ordinal);
    }
}
