using Serval.Bench.Load.Rivals;

namespace Serval.Bench.Load.Tests;

/// <summary>Figures over laps.</summary>
public class RowTests
{
    [Fact]
    public void A_slow_moment_that_meets_both_leaves_their_ratio_alone()
    {
        // The machine halves its speed in two laps of four, and one proxy is spoilt once.
        Row slow = RowOf(20, 40, 40, 20);
        Row fast = RowOf(10, 20, 20, 90);
        Assert.Equal(0.5, fast.Ratio(slow, run => run.ProcessorUs));
        Assert.Equal(20, fast.Median(run => run.ProcessorUs));
    }

    [Fact]
    public void Laps_that_one_of_them_has_missed_do_not_count()
    {
        Row whole = RowOf(20, 40, 40);
        Row partly = RowOf(10, 20, 20);
        partly.Runs.RemoveRange(0, 2);
        Assert.Equal(0.5, partly.Ratio(whole, run => run.ProcessorUs));
        partly.Runs.Clear();
        Assert.True(double.IsNaN(partly.Ratio(whole, run => run.ProcessorUs)));
    }

    private static Row RowOf(params double[] processorUs)
    {
        Row row = new(ProxyRecipe.All("", "serval")[0]);
        row.Runs.AddRange(processorUs.Select((figure, lap) =>
            ScaleReportTests.Result with { Lap = lap, ProcessorUs = figure }));
        return row;
    }
}
