using System.Collections.Immutable;
using System.Globalization;

namespace Serval.CommandLine;

/// <summary>Reads CPU lists as the kernel writes them: <c>0,2,4-7</c>.</summary>
internal static class CpuList
{
    private const int CpuMax = 4_095;

    /// <summary>The CPUs, ascending, each once; false when the text is no such list.</summary>
    public static bool TryParse(string text, out ImmutableArray<int> cpus)
    {
        cpus = [];
        SortedSet<int> found = [];
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !TryParseCpu(ends[0], out int first)
                || !TryParseCpu(ends[^1], out int last) || first > last)
                return false;
            for (int cpu = first; cpu <= last; cpu++)
                found.Add(cpu);
        }
        cpus = [.. found];
        return true;
    }

    private static bool TryParseCpu(string text, out int cpu) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out cpu) && cpu <= CpuMax;
}
