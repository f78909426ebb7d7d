using Serval.Bench.Load.Driving;

namespace Serval.Bench.Load.Tests;

public class RateScheduleTests
{
    [Fact]
    public void Starts_are_due_at_a_constant_rate()
    {
        RateSchedule schedule = new(1_000, 3);
        Assert.True(schedule.TryTake(1_000, out long first));
        Assert.False(schedule.TryTake(333_334_332, out _));
        Assert.True(schedule.TryTake(333_334_333, out long second));
        Assert.Equal((1_000, 333_334_333), (first, second));
    }

    [Fact]
    public void After_a_stall_each_missed_start_keeps_the_time_it_was_meant_for()
    {
        RateSchedule schedule = new(0, 1000);
        List<long> intended = [];
        while (schedule.TryTake(5_000_000, out long start))
        {
            intended.Add(start);
        }

        Assert.Equal([0, 1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000], intended);
    }

    [Fact]
    public void A_rate_that_does_not_divide_a_second_does_not_drift()
    {
        RateSchedule schedule = new(0, 7);
        for (int i = 0; i < 7_000; i++)
        {
            Assert.True(schedule.TryTake(long.MaxValue, out _));
        }

        Assert.True(schedule.TryTake(1_000_000_000_000, out long last));
        Assert.Equal(1_000_000_000_000, last);
    }
}
