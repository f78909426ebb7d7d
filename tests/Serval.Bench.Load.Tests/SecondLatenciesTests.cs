using Serval.Bench.Load.Driving;

namespace Serval.Bench.Load.Tests;

public class SecondLatenciesTests
{
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData(10, 10, 5_000, 10)]
    [InlineData(10, 5_000, 5_000, 5_000)]
    public void The_median_second_decides(long first, long second, long third, double expectedUs)
    {
        SecondLatencies seconds = Of(3, [first, second, third]);
        Assert.Equal(expectedUs, seconds.MedianP99Us()!.Value, expectedUs / 100);
    }

    [Fact]
    public void Of_an_even_number_the_slower_one_decides() =>
        Assert.Equal(30, Of(4, [10, 20, 30, 40]).MedianP99Us()!.Value, 0.3);

    [Fact]
    public void A_second_without_an_answer_is_the_slowest()
    {
        Assert.Equal(20, Of(3, [10, 20, null]).MedianP99Us()!.Value, 0.2);
        Assert.Equal(double.PositiveInfinity, Of(3, [10, null, null]).MedianP99Us());
    }

    [Fact]
    public void What_is_left_after_the_last_second_is_not_counted() =>
        Assert.Equal(20, Of(3.5, [10, 20, 30, 1]).MedianP99Us()!.Value, 0.2);

    [Fact]
    public void Two_seconds_have_no_median() => Assert.Null(Of(2.9, [10, 20]).MedianP99Us());

    // One request in each second, of so many microseconds.
    private static SecondLatencies Of(double window, long?[] latenciesUs)
    {
        SecondLatencies seconds = new(window);
        for (int i = 0; i < latenciesUs.Length; i++)
        {
            if (latenciesUs[i] is { } us)
            {
                seconds.Record((i * Second) + (Second / 2), us * 1_000);
            }
        }

        return seconds;
    }
}
