using System.Text;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Tests.Workers;

public sealed class TurnClockTests
{
    // It is read once per second, and counted on from there: a wall clock that is set meanwhile is seen then.
    [Fact]
    public void The_wall_clock_goes_on_between_two_readings()
    {
        SetClock set = new() { Microseconds = 5_000_000, UnixMs = 784_111_777_000 };
        TurnClock clock = new(set);
        clock.Read();
        Assert.Equal((5_000, 784_111_777_000), (clock.NowMs, clock.UnixMs));
        Assert.Equal("Sun, 06 Nov 1994 08:49:37 GMT", Encoding.ASCII.GetString(clock.Date));
        (set.Microseconds, set.UnixMs) = (5_999_999, 0);
        clock.Read();
        Assert.Equal((5_999, 784_111_777_999), (clock.NowMs, clock.UnixMs));
        Assert.Equal(5_999_999, clock.NowMicroseconds);
        (set.Microseconds, set.UnixMs) = (6_000_000, 784_111_780_500);
        clock.Read();
        Assert.Equal(784_111_780_500, clock.UnixMs);
        Assert.Equal("Sun, 06 Nov 1994 08:49:40 GMT", Encoding.ASCII.GetString(clock.Date));
    }

    private sealed class SetClock : IClock
    {
        public long Microseconds { get; set; }

        public long UnixMs { get; set; }
    }
}
