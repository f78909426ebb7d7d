using System.Runtime.InteropServices;

namespace Serval.Bench.Bare;

/// <summary>
/// The system calls and constants of the forwarder; include/uapi/linux/io_uring.h of Linux 6.18.
/// </summary>
internal static unsafe partial class Kernel
{
    public const int SysSetup = 425;
    public const int SysEnter = 426;
    public const int SysRegister = 427;

    public const uint SetupCompletionSize = 1 << 3;
    public const uint SetupCoopTaskrun = 1 << 8;
    public const uint SetupSingleIssuer = 1 << 12;
    public const uint SetupDeferTaskrun = 1 << 13;
    public const uint SetupNoArray = 1 << 16;

    public const uint EnterGetEvents = 1;
    public const uint EnterExtendedArgument = 8;
    public const uint EnterRegisteredRing = 16;

    public const uint RegisterFiles2 = 13;
    public const uint RegisterFilesUpdate = 6;
    public const uint RegisterRingDescriptors = 20;
    public const uint RegisterBufferRing = 22;
    public const uint RegisterFileAllocRange = 25;

    public const byte OpAccept = 13;
    public const byte OpClose = 19;
    public const byte OpSend = 26;
    public const byte OpReceive = 27;
    public const byte OpShutdown = 34;

    public const byte SubmitFixedFile = 1;
    public const byte SubmitBufferSelect = 1 << 5;
    public const ushort AcceptMultishot = 1;
    public const ushort ReceivePollFirst = 1;
    public const ushort ReceiveMultishot = 2;
    public const uint FileIndexAllocate = ~0u;

    public const uint CompletionBuffer = 1;
    public const uint CompletionMore = 2;

    public const int NoBuffers = -105;
    public const uint SendNoSignalWaitAll = 0x4000 | 0x100;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial long Call(long number, ulong a, ulong b, ulong c, ulong d, void* e, ulong f);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Map(void* at, nuint length, int protection, int flags, int descriptor,
        long offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    public static partial int Advise(void* at, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int descriptor, int level, int name, int* value, int length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int descriptor, ulong* address, int length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(int descriptor, int backlog);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, ulong* address, int length);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    public static long Check(long result, string operation) => result >= 0
        ? result
        : throw new IOException($"{operation}: errno {Marshal.GetLastPInvokeError()}");

    public static byte* Memory(nuint length)
    {
        const int ReadWrite = 3;
        const int PrivateAnonymous = 0x22;
        const int HugePage = 14;
        void* at = Map(null, length, ReadWrite, PrivateAnonymous, -1, 0);
        Check((long)at, "mmap");
        _ = Advise(at, length, HugePage); // advice only: where there are no huge pages, small ones do
        return (byte*)at;
    }

    /// <summary>A TCP socket that sends at once.</summary>
    public static int TcpSocket()
    {
        const int Inet = 2;
        const int StreamCloseOnExec = 1 | 0x80000;
        int descriptor = (int)Check(Socket(Inet, StreamCloseOnExec, 0), "socket");
        int on = 1;
        Check(SetOption(descriptor, 6, 1, &on, sizeof(int)), "TCP_NODELAY");
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
