using Serval.Common;

namespace Serval.Control.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("0s", 0)]
    [InlineData("1ms", 1)]
    [InlineData("10s", 10_000)]
    [InlineData("1m", 60_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1h1m1s1ms", 3_661_001)]
    [InlineData("99999h", 359_996_400_000)]
    [InlineData("5s5s", 10_000)]
    public void A_duration_is_up_to_four_numbers_with_units(string text, long milliseconds)
    {
        Assert.True(Duration.TryParse(text, out long actual));
        Assert.Equal(milliseconds, actual);
        Assert.True(Duration.TryParse(new Duration(actual).ToString(), out long again));
        Assert.Equal(milliseconds, again);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(500, "500ms")]
    [InlineData(75_000, "1m15s")]
    [InlineData(3_600_000, "1h")]
    [InlineData(3_661_001, "1h1m1s1ms")]
    public void A_duration_is_written_in_the_largest_whole_units(long milliseconds, string text) =>
        Assert.Equal(text, new Duration(milliseconds).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("1.5s")]
    [InlineData("-1s")]
    [InlineData("1d")]
    [InlineData("1us")]
    [InlineData("123456s")]
    [InlineData("1h1m1s1ms1ms")]
    [InlineData("1s ")]
    [InlineData("1S")]
    public void Anything_else_is_none(string text) => Assert.False(Duration.TryParse(text, out _));
}
