using Serval.Config.Wire;

namespace Serval.Config.Tests;

public sealed class PushTermTests
{
    [Theory]
    [InlineData(null, null, null, null)]
    [InlineData("", "", null, null)]
    [InlineData("7", "0", "7.0", null)]
    [InlineData("9223372036854775807", "1", "9223372036854775807.1", null)]
    [InlineData("7", null, null, PushTerm.GenerationHeader)]
    [InlineData(null, "7", null, PushTerm.EpochHeader)]
    [InlineData("", "7", null, PushTerm.EpochHeader)]
    [InlineData("-1", "7", null, PushTerm.EpochHeader)]
    [InlineData("1", " 7", null, PushTerm.GenerationHeader)]
    [InlineData("9223372036854775808", "1", null, PushTerm.EpochHeader)]
    public void Half_a_term_is_a_fault_and_not_a_push_without_one(
        string? epoch, string? generation, string? term, string? faulty)
    {
        Assert.Equal(term, PushTerm.Parse(epoch, generation, out string? fault)?.ToString());
        Assert.Equal(faulty, fault?.Split(' ')[0]);
    }

    [Theory]
    [InlineData("1.2", "1.3")]
    [InlineData("1.9", "2.0")]
    [InlineData("9.0", "10.0")]
    public void A_later_leader_is_newer_whatever_it_has_counted(string older, string newer)
    {
        Assert.True(PushTerm.TryParse(older, out PushTerm? first));
        Assert.True(PushTerm.TryParse(newer, out PushTerm? second));
        Assert.True(first < second && second > first && first <= second && !(first >= second));
        Assert.Equal((older, newer), (first.ToString(), second.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2.3")]
    [InlineData("1.-2")]
    public void What_is_no_term_is_not_read(string text) => Assert.False(PushTerm.TryParse(text, out _));
}
