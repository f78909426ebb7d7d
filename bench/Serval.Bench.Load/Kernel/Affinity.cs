using System.Globalization;

namespace Serval.Bench.Load.Kernel;

/// <summary>Puts this process on one core, the runtime's own threads included.</summary>
internal static unsafe class Affinity
{
    public static void PinProcess(int cpu)
    {
        ulong mask = 1ul << cpu;
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            int thread = int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture);
            Libc.Check(Libc.SetAffinity(thread, sizeof(ulong), &mask), $"sched_setaffinity to core {cpu}");
        }
    }
}
