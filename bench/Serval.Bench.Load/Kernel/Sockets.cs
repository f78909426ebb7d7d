using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Serval.Bench.Load.Kernel;

/// <summary>What the generator asks of the kernel in more than one place.</summary>
internal static unsafe partial class Sockets
{
    /// <summary>Returns <paramref name="result"/>, or throws with the operation's name and errno.</summary>
    public static int Check(int result, string operation) =>
        result >= 0 ? result : throw new IOException($"{operation}: errno {Marshal.GetLastPInvokeError()}");

    /// <summary>A TCP socket that does not block and sends at once.</summary>
    /// <remarks>
    /// Reno is the cheapest congestion control; the system's may cost the generator more (BBR computes rates
    /// for every acknowledgement). It concerns what the generator sends; proxies keep the system's choice.
    /// </remarks>
    public static int Open()
    {
        int descriptor = Check(
            LibC.socket(LibC.AF_INET, LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, 0),
            "socket");
        TurnOn(descriptor, LibC.IPPROTO_TCP, LibC.TCP_NODELAY);
        fixed (byte* reno = "reno"u8)
        {
            Check(
                LibC.setsockopt(descriptor, LibC.IPPROTO_TCP, LibC.TCP_CONGESTION, reno, 4),
                "TCP_CONGESTION");
        }

        return descriptor;
    }

    /// <summary>Sets an option to 1.</summary>
    public static void TurnOn(int descriptor, int level, int name) => Set(descriptor, level, name, 1);

    /// <summary>Sets an option.</summary>
    public static void Set(int descriptor, int level, int name, int value) =>
        Check(LibC.setsockopt(descriptor, level, name, &value, sizeof(int)), "setsockopt");

    /// <summary>sendfile(2), which Tmds.LibC does not have.</summary>
    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    public static partial nint SendFile(int output, int input, long* offset, nint length);
}
