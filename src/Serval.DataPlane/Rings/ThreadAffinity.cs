using System.Runtime.InteropServices;

namespace Serval.DataPlane.Rings;

/// <summary>Which processors a thread runs on.</summary>
internal static unsafe class ThreadAffinity
{
    private const int MaskBytes = 128;

    /// <summary>Processors that this process may use, ascending.</summary>
    public static int[] Allowed()
    {
        byte* mask = stackalloc byte[MaskBytes];
        new Span<byte>(mask, MaskBytes).Clear();
        if (Libc.GetAffinity(0, MaskBytes, mask) < 0)
            throw new RingException("sched_getaffinity: " + Errno.Describe(Marshal.GetLastPInvokeError()));
        List<int> allowed = [];
        for (int processor = 0; processor < MaskBytes * 8; processor++)
        {
            if ((mask[processor / 8] & (1 << (processor & 7))) != 0) allowed.Add(processor);
        }

        return [.. allowed];
    }

    /// <summary>Pins the calling thread to one processor.</summary>
    public static void Pin(int processor)
    {
        byte* mask = stackalloc byte[MaskBytes];
        new Span<byte>(mask, MaskBytes).Clear();
        mask[processor / 8] = (byte)(1 << (processor & 7));
        if (Libc.SetAffinity(0, MaskBytes, mask) < 0)
        {
            throw new RingException(
                $"pinning a worker to processor {processor}: "
                + $"{Errno.Describe(Marshal.GetLastPInvokeError())}. "
                + "Choose processors that this process may use (--cpus, cpuset).");
        }
    }
}
