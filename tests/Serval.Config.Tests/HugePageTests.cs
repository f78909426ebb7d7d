using System.Globalization;
using System.Runtime.CompilerServices;
using Serval.Config.Compiling;

namespace Serval.Config.Tests;

public sealed class HugePageTests
{
    private const int HugePage = 2 << 20;

    /// <summary>The kernel grants huge pages when it has them; that they were asked for is certain.</summary>
    [HugePageFact]
    public void A_large_table_asks_for_huge_pages_from_its_first_record_to_its_last_whole_page()
    {
        using Table<long> table = new();
        table.Reset((5 * HugePage / sizeof(long)) + 1);
        long start = AddressOf(table);
        Assert.Equal(0, start % HugePage);
        List<(long Start, long End)> advised = Advised();
        for (long page = start; page < start + (5 * HugePage); page += HugePage)
            Assert.Contains(advised, area => area.Start <= page && page + HugePage <= area.End);
    }

    [HugePageFact]
    public void A_table_that_grew_by_single_records_asks_too()
    {
        using Table<long> table = new();
        for (int i = 0; i <= HugePage / sizeof(long); i++)
            table.Add(i);
        long start = AddressOf(table);
        Assert.Contains(Advised(), area => area.Start <= start && start + HugePage <= area.End);
    }

    private static long AddressOf(Table<long> table) =>
        Unsafe.ByteOffset(ref Unsafe.NullRef<long>(), ref table[0]);

    /// <summary>
    /// The areas of this process with the flag hg, joined where they touch.
    /// See proc_pid_smaps(5), VmFlags.
    /// </summary>
    private static List<(long Start, long End)> Advised()
    {
        List<(long Start, long End)> areas = [];
        (long Start, long End) area = default;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string first = line[..line.IndexOf(' ', StringComparison.Ordinal)];
            if (first.Split('-') is [{ } start, { } end])
            {
                area = (Hex(start), Hex(end));
            }
            else if (first == "VmFlags:" && line.Split(' ').Contains("hg"))
            {
                if (areas.Count > 0 && areas[^1].End == area.Start)
                    areas[^1] = (areas[^1].Start, area.End);
                else
                    areas.Add(area);
            }
        }

        return areas;
    }

    private static long Hex(string text) =>
        long.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
