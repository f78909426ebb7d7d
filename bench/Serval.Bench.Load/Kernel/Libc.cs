using System.Runtime.InteropServices;

namespace Serval.Bench.Load.Kernel;

/// <summary>The system calls of the generator. Values are those of Linux on x64.</summary>
internal static unsafe partial class Libc
{
    public const int AfInet = 2;

    /// <summary>SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC.</summary>
    public const int SockStreamNonBlocking = 1 | 0x800 | 0x80000;
    public const int SockAcceptFlags = 0x800 | 0x80000;
    public const int SolSocket = 1;
    public const int SoReuseAddress = 2;
    public const int SoError = 4;
    public const int SoSendBuffer = 7;
    public const int SoReceiveBuffer = 8;
    public const int IpprotoIp = 0;
    public const int IpBindAddressNoPort = 24;
    public const int IpprotoTcp = 6;
    public const int TcpNoDelay = 1;
    public const int TcpCongestion = 13;
    public const int MsgTruncate = 0x20;
    public const int MsgNoSignal = 0x4000;
    public const int MsgMore = 0x8000;
    public const int EpollAdd = 1;
    public const uint EpollIn = 0x1;
    public const uint EpollOut = 0x4;
    public const uint EpollReadHangUp = 0x2000;
    public const uint EpollEdge = 1u << 31;
    public const int Again = 11;
    public const int InProgress = 115;
    public const int SigTerm = 15;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int descriptor, SocketAddress4* address, int length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(int descriptor, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int descriptor, void* address, void* length, int flags);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, SocketAddress4* address, int length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int SocketName(int descriptor, SocketAddress4* address, int* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int descriptor, int level, int name, int* value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(int descriptor, int level, int name, int* value, int* length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    public static partial nint SendFile(int output, int input, long* offset, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MemoryFile(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, EpollEvent* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, EpollEvent* events, int count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int thread, nint size, ulong* mask);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    /// <summary>Returns <paramref name="result"/>, or throws with the operation's name and errno.</summary>
    public static int Check(int result, string operation) =>
        result >= 0 ? result : throw new IOException($"{operation}: errno {Marshal.GetLastPInvokeError()}");

    /// <summary>A TCP socket that does not block and sends at once.</summary>
    /// <remarks>
    /// Reno is the cheapest congestion control; the system's may cost the generator more (BBR computes rates
    /// for every acknowledgement). It concerns what the generator sends; proxies keep the system's choice.
    /// </remarks>
    public static int TcpSocket()
    {
        int descriptor = Check(Socket(AfInet, SockStreamNonBlocking, 0), "socket");
        SetOption(descriptor, IpprotoTcp, TcpNoDelay);
        fixed (byte* reno = "reno"u8)
        {
            Check(SetOption(descriptor, IpprotoTcp, TcpCongestion, (int*)reno, 4), "TCP_CONGESTION");
        }

        return descriptor;
    }

    public static void SetOption(int descriptor, int level, int name)
    {
        int on = 1;
        Check(SetOption(descriptor, level, name, &on, sizeof(int)), "setsockopt");
    }
}
