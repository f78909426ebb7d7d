using Serval.Control.Admitting;

namespace Serval.Control.Tests.Admitting;

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
    }

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
