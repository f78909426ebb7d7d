using Serval.Grpc.Wire;

namespace Serval.Grpc.Tests.Wire;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData("1H", 3600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("3S", 3000)]
    [InlineData("250m", 250)]
    [InlineData("1000u", 1)]
    [InlineData("99999999S", 99_999_999_000)]
    public void A_timeout_is_digits_and_a_unit(string text, long expectedMs)
    {
        Assert.True(GrpcTimeout.TryParse(text, out TimeSpan timeout));
        Assert.Equal(expectedMs, (long)timeout.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("1 S")]
    [InlineData("1s")]
    [InlineData("1.5S")]
    [InlineData("123456789S")]
    [InlineData("٣S")]
    public void Anything_else_is_refused(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Theory]
    [InlineData(1)]
    [InlineData(99_999)]
    [InlineData(100_000_000)]
    [InlineData(86_400_000L * 365)]
    public void What_is_sent_is_never_shorter_than_what_was_asked(long ms)
    {
        TimeSpan asked = TimeSpan.FromMilliseconds(ms);
        Assert.True(GrpcTimeout.TryParse(GrpcTimeout.Format(asked), out TimeSpan sent));
        Assert.InRange(sent, asked, asked * 1.02);
    }
}
