using System.Runtime.InteropServices;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using Tmds.Linux;

namespace Serval.Bench.Bare;

/// <summary>
/// What the forwarder asks of the kernel beyond what the router's ring does: the features that can be
/// switched. include/uapi/linux/io_uring.h of Linux 6.18.
/// </summary>
internal static unsafe class Kernel
{
    public const uint RegisterFilesUpdate = 6;
    public const uint RegisterFileAllocRange = 25;

    public const Opcode SendZeroCopy = (Opcode)47;

    public const ushort AcceptMultishot = 1;
    public const ushort ReceivePollFirst = 1;
    public const ushort ReceiveBundle = 1 << 4;
    public const uint FileIndexAllocate = ~0u;
    public const uint CompletionNotification = 1 << 3;
    public const uint SendNoSignalWaitAll = 0x4000 | 0x100;

    public static long Check(long result, string operation) => result >= 0
        ? result
        : throw new IOException($"{operation}: errno {Marshal.GetLastPInvokeError()}");

    public static byte* Memory(nuint length)
    {
        void* at = MappedMemory.Map(length, "memory of the forwarder");
        // Advice only: where there are no huge pages, small ones do.
        _ = LibC.madvise(at, (size_t)length, LibC.MADV_HUGEPAGE);
        return (byte*)at;
    }

    /// <summary>A TCP socket that sends at once.</summary>
    public static int TcpSocket()
    {
        int descriptor = (int)Check(
            LibC.socket(LibC.AF_INET, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0), "socket");
        int on = 1;
        Check(
            LibC.setsockopt(descriptor, LibC.IPPROTO_TCP, LibC.TCP_NODELAY, &on, sizeof(int)), "TCP_NODELAY");
        return descriptor;
    }

    /// <summary>Fills a sockaddr_in of two words with 127.0.0.1 and a port.</summary>
    public static void Loopback(ulong* address, int port)
    {
        uint bigEndian = (uint)(((port & 0xff) << 8) | (port >> 8));
        address[0] = 2 | ((ulong)bigEndian << 16) | (0x0100007Ful << 32);
        address[1] = 0;
    }
}
