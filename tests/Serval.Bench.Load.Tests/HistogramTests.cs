using Serval.Bench.Load.Driving;

namespace Serval.Bench.Load.Tests;

public class HistogramTests
{
    [Fact]
    public void Percentiles_are_within_one_percent_of_the_sorted_values()
    {
        Random random = new(7);
        long[] values =
            [.. Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 20))];
        Histogram histogram = new();
        Array.ForEach(values, histogram.Record);
        Array.Sort(values);

        foreach (double percent in new[] { 1, 50, 90, 99, 99.9, 100 })
        {
            long exact = values[(int)Math.Ceiling(percent / 100 * values.Length) - 1];
            Assert.InRange(histogram.Percentile(percent), exact, exact * 1.01);
        }
    }

    [Fact]
    public void Buckets_follow_each_other_without_gap_or_overlap()
    {
        for (int i = 0; i < 4000; i++)
        {
            long edge = Histogram.UpperEdge(i);
            Assert.Equal(i, Histogram.IndexOf(edge));
            Assert.Equal(i + 1, Histogram.IndexOf(edge + 1));
        }
    }

    [Fact]
    public void Small_values_are_exact()
    {
        Histogram histogram = new();
        for (int i = 0; i < 100; i++)
        {
            histogram.Record(i);
        }

        Assert.Equal(49, histogram.Percentile(50));
        Assert.Equal(99, histogram.Percentile(100));
        Assert.Equal(99, histogram.Max);
    }

    [Fact]
    public void Values_beyond_the_range_are_counted_and_nothing_recorded_reads_zero()
    {
        Histogram histogram = new();
        Assert.Equal(0, histogram.Percentile(99));
        histogram.Record(long.MaxValue);
        histogram.Record(-5);
        Assert.Equal(2, histogram.Count);
        Assert.Equal(0, histogram.Percentile(50));
        Assert.Equal((1L << 40) - 1, histogram.Percentile(100));
    }
}
