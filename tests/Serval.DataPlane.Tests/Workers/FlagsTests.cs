using Serval.DataPlane.Exchanges;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Tests.Workers;

/// <summary>Facts have a bit each: two that share one would be one fact.</summary>
public sealed class FlagsTests
{
    [Fact]
    public void Every_flag_is_a_bit_of_its_own()
    {
        AssertApart(Enum.GetValues<TransportFlags>().Select(flag => (ulong)flag),
            Enum.GetNames<TransportFlags>().Length);
        AssertApart(Enum.GetValues<ExchangeFlags>().Select(flag => (ulong)flag),
            Enum.GetNames<ExchangeFlags>().Length);
    }

    private static void AssertApart(IEnumerable<ulong> flags, int count)
    {
        ulong[] bits = [.. flags.Where(flag => flag != 0).Distinct()];
        Assert.Equal(count - 1, bits.Length);
        Assert.All(bits, bit => Assert.True(ulong.IsPow2(bit)));
    }
}
