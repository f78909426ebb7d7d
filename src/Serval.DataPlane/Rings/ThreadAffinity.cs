using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Serval.DataPlane.Rings;

/// <summary>Which processors a thread runs on.</summary>
internal static unsafe class ThreadAffinity
{
    /// <summary>Processors that this process may use, ascending.</summary>
    public static int[] Allowed()
    {
        cpu_set_t mask = default;
        if (LibC.sched_getaffinity(0, sizeof(cpu_set_t), &mask) < 0)
            throw new RingException("sched_getaffinity: " + Errno.Describe(Marshal.GetLastPInvokeError()));
        List<int> allowed = [];
        for (int processor = 0; processor < sizeof(cpu_set_t) * 8; processor++)
        {
            if (LibC.CPU_ISSET(processor, &mask)) allowed.Add(processor);
        }

        return [.. allowed];
    }

    /// <summary>Pins the calling thread to one processor.</summary>
    public static void Pin(int processor)
    {
        cpu_set_t mask = default;
        LibC.CPU_SET(processor, &mask);
        if (LibC.sched_setaffinity(0, sizeof(cpu_set_t), &mask) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new RingException(error == LibC.EINVAL
                ? $"processor {processor} is not one that this process may use; it may use "
                    + $"{string.Join(',', Allowed())} (--cpus, cpuset)."
                : $"pinning a worker to processor {processor}: {Errno.Describe(error)}.");
        }
    }
}
