using System.Globalization;

namespace Serval.Bench.Load.Kernel;

/// <summary>Resident memory of a family of processes, summed; pages that they share count in each.</summary>
internal readonly record struct ProcessMemory(long ResidentBytes, long PeakBytes,
    long AnonymousBytes, long FileBytes, long SharedBytes)
{
    public static ProcessMemory Read(IEnumerable<int> processes)
    {
        long resident = 0;
        long peak = 0;
        long anonymous = 0;
        long file = 0;
        long shared = 0;
        foreach (int process in processes)
        {
            string status = $"/proc/{process}/status";
            foreach (string line in File.Exists(status) ? File.ReadAllLines(status) : [])
            {
                resident += KibibytesAfter(line, "VmRSS:") * 1024;
                peak += KibibytesAfter(line, "VmHWM:") * 1024;
                anonymous += KibibytesAfter(line, "RssAnon:") * 1024;
                file += KibibytesAfter(line, "RssFile:") * 1024;
                shared += KibibytesAfter(line, "RssShmem:") * 1024;
            }
        }

        return new ProcessMemory(resident, peak, anonymous, file, shared);
    }

    private static long KibibytesAfter(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal)
            ? long.Parse(line.AsSpan(name.Length).Trim(" \tkB"), CultureInfo.InvariantCulture)
            : 0;
}
