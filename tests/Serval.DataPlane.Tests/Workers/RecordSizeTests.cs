using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Tests.Workers;

/// <summary>Records that every completion touches lie in whole lines of the processor's cache.</summary>
public sealed class RecordSizeTests
{
    private const int LineBytes = 64;

    [Fact]
    public void A_transport_is_two_lines_and_the_first_is_all_that_a_completion_needs()
    {
        Assert.Equal(2 * LineBytes, Unsafe.SizeOf<Transport>());
        Assert.True(Offset(nameof(Transport.Skipped)) < LineBytes);
        Assert.Equal(LineBytes, Offset(nameof(Transport.ProgressMs)));
    }

    [Fact]
    public void The_two_timers_of_an_exchange_are_one_line()
    {
        using TimerWheel wheel = new(transports: 256, exchanges: 16);
        Assert.Equal(LineBytes, 2 * Unsafe.SizeOf<TimerPlace>());
        Assert.Equal(0, wheel.OfExchange(5) % 2);
        Assert.Equal(wheel.OfExchange(5) + 1, wheel.OfAttempt(5));
    }

    private static int Offset(string field) => (int)Marshal.OffsetOf<Transport>(field);
}
