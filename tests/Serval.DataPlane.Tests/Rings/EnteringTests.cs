using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Tests.Rings;

public sealed class EnteringTests
{
    // A kernel without memory answers EAGAIN and takes nothing, time and again: the turn must go on.
    [Fact]
    public void A_kernel_that_takes_nothing_is_asked_a_few_times_and_then_the_turn_goes_on()
    {
        int enters = 0;
        while (LinuxRing.MustEnterAgain(left: 5, enters, completionsHaveRoom: true))
            Assert.True(++enters <= 1_000, "it is asked without end");
        Assert.True(enters > 1);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(5, false)]
    public void It_is_not_asked_again_when_all_is_taken_or_completions_must_be_reaped(
        uint left, bool hasRoom) =>
        Assert.False(LinuxRing.MustEnterAgain(left, 0, hasRoom));
}
