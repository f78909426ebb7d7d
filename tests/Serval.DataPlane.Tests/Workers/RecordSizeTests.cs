using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Serval.DataPlane.Transports;

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

    private static int Offset(string field) => (int)Marshal.OffsetOf<Transport>(field);
}
