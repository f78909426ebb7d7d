using Serval.Control.Reporting;

namespace Serval.Control.Tests.Reporting;

public sealed class WriteBurstsTests
{
    private readonly WriteBursts _bursts = new();

    [Fact]
    public void Enough_writes_without_a_rest_are_a_burst_once()
    {
        Assert.True(_bursts.HasBegun(ReportingLimits.BurstWrites));
        Assert.True(_bursts.Rest(ReportingLimits.BurstWrites));
        Assert.False(_bursts.HasBegun(ReportingLimits.BurstWrites));
        Assert.False(_bursts.Rest(ReportingLimits.BurstWrites));
    }

    [Fact]
    public void Writes_with_rests_among_them_are_none_however_many()
    {
        for (long writes = ReportingLimits.BurstWrites - 1; writes < 10_000;
            writes += ReportingLimits.BurstWrites - 1)
        {
            Assert.True(_bursts.HasBegun(writes));
            Assert.False(_bursts.Rest(writes));
        }
    }
}
