using System.Globalization;
using Tmds.Linux;

namespace Serval.Bench.Load.Kernel;

/// <summary>Puts this process on one core, the runtime's own threads included.</summary>
internal static unsafe class Affinity
{
    public static void PinProcess(int cpu)
    {
        cpu_set_t mask = default;
        LibC.CPU_SET(cpu, &mask);
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            int thread = int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture);
            Sockets.Check(
                LibC.sched_setaffinity(thread, sizeof(cpu_set_t), &mask), $"sched_setaffinity to core {cpu}");
        }
    }
}
