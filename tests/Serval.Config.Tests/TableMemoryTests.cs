using System.Globalization;
using Serval.Config.Compiling;

namespace Serval.Config.Tests;

/// <summary>Alone, because the process's address space is looked at.</summary>
[Collection(nameof(TableMemoryTests))]
[CollectionDefinition(nameof(TableMemoryTests), DisableParallelization = true)]
public sealed class TableMemoryTests
{
    private const int HugePage = 2 << 20;

    /// <summary>At and around the sizes from which memory comes from elsewhere.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData((128 * 1024) - 1)]
    [InlineData(128 * 1024)]
    [InlineData((128 * 1024) + 1)]
    [InlineData(HugePage - 1)]
    [InlineData(HugePage)]
    [InlineData(HugePage + 1)]
    [InlineData((3 * HugePage) + 4_097)]
    public void Every_byte_is_there_and_all_of_it_goes_back(int bytes)
    {
        const int Rounds = 300;
        long before = AddressSpace();
        for (int i = 0; i < Rounds; i++)
        {
            using Table<byte> table = new();
            table.Reset(bytes);
            table[0] = 1;
            table[bytes - 1] = 2;
            Assert.Equal(bytes == 1 ? 2 : 1, table[0]);
        }

        // Whatever of a piece was left behind is there 300 times.
        Assert.InRange(AddressSpace() - before, long.MinValue, 64L << 20);
    }

    // proc_pid_statm(5): pages.
    private static long AddressSpace() => long.Parse(
        File.ReadAllText("/proc/self/statm").Split(' ')[0], CultureInfo.InvariantCulture)
        * Environment.SystemPageSize;
}
