using System.Diagnostics;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Serval.Bench.Load.Kernel;

/// <summary>
/// Edge-triggered epoll. By default it never sleeps: whoever sends to one of our sockets finds nobody to wake
/// up, so the proxy under test pays for its own work only.
/// </summary>
/// <remarks>
/// Owner: the generator. Thread: one. Bound: descriptors below <see cref="DescriptorsMax"/>.
/// </remarks>
internal sealed unsafe class EventLoop : IDisposable
{
    public const int DescriptorsMax = 1 << 16;
    public const int BufferBytes = 256 * 1024;
    private const int EventsMax = 512;

    private readonly int _epoll;
    private readonly epoll_event* _events;
    private readonly IPolled?[] _sockets = new IPolled?[DescriptorsMax];

    public EventLoop()
    {
        _epoll = Sockets.Check(LibC.epoll_create1(0), "epoll_create1");
        _events = (epoll_event*)NativeMemory.AllocZeroed(EventsMax, (nuint)sizeof(epoll_event));
        Buffer = (byte*)NativeMemory.AlignedAlloc(BufferBytes, 4096);
        NowNs = Clock();
    }

    /// <summary>
    /// How long a turn sleeps that finds nothing to do, in microseconds, below a second; 0 does not sleep.
    /// Loops that share a core sleep.
    /// </summary>
    public int SleepUs { get; init; }

    /// <summary>
    /// Where every socket receives into; what it holds is used up before the next socket reads.
    /// </summary>
    public byte* Buffer { get; }

    /// <summary>The time at the start of the turn, monotonic.</summary>
    public long NowNs { get; private set; }

    /// <summary>Time spent in turns that found nothing to do, since the start.</summary>
    public long IdleNs { get; private set; }

    public static long Clock() =>
        (long)(Stopwatch.GetTimestamp() * (1_000_000_000.0 / Stopwatch.Frequency));

    public void Add(int descriptor, IPolled socket)
    {
        if (descriptor >= DescriptorsMax)
        {
            throw new IOException($"descriptor {descriptor} is beyond the loop's table");
        }

        _sockets[descriptor] = socket;
        epoll_event change = new()
        {
            events = LibC.EPOLLIN | LibC.EPOLLOUT | LibC.EPOLLRDHUP | LibC.EPOLLET,
            data = new epoll_data_t { fd = descriptor },
        };
        Sockets.Check(LibC.epoll_ctl(_epoll, LibC.EPOLL_CTL_ADD, descriptor, &change), "epoll_ctl");
    }

    public void Close(int descriptor)
    {
        _sockets[descriptor] = null;
        Sockets.Check(LibC.close(descriptor), "close");
    }

    public void Turn()
    {
        int count = LibC.epoll_wait(_epoll, _events, EventsMax, 0);
        if (count == 0 && SleepUs > 0)
        {
            // epoll_wait's own timeout is in milliseconds.
            pollfd poll = new() { fd = _epoll, events = (short)LibC.POLLIN };
            timespec time = new() { tv_nsec = (long_t)(SleepUs * 1000L) };
            _ = LibC.ppoll(&poll, 1, &time, null);
            count = LibC.epoll_wait(_epoll, _events, EventsMax, 0);
        }

        for (int i = 0; i < count; i++)
        {
            // A descriptor closed and reused earlier in this turn sees one edge too many, which is harmless.
            _sockets[_events[i].data.fd]?.OnReady((uint)_events[i].events);
        }

        long now = Clock();
        if (count <= 0)
        {
            IdleNs += now - NowNs;
        }

        NowNs = now;
    }

    public void Dispose()
    {
        _ = LibC.close(_epoll);
        NativeMemory.Free(_events);
        NativeMemory.AlignedFree(Buffer);
    }
}
