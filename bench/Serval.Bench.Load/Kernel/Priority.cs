using System.Runtime.InteropServices;

namespace Serval.Bench.Load.Kernel;

/// <summary>Which thread a core that several want runs first.</summary>
internal static unsafe partial class Priority
{
    // Tmds.LibC has none of these (sched(7)).
    private const int Fifo = 1;
    private const int ResetOnFork = 0x40000000;

    /// <summary>
    /// Has the kernel run this thread before all ordinary ones of its core, but not the threads and processes
    /// that it starts. False where that is not permitted: it needs CAP_SYS_NICE.
    /// </summary>
    public static bool TryPutFirst()
    {
        int level = 1;
        return SetScheduler(0, Fifo | ResetOnFork, &level) == 0;
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int thread, int policy, int* level);
}
