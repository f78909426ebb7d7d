using System.Runtime.InteropServices;

namespace Serval.Bench.Load.Kernel;

/// <summary>struct epoll_event, which x86-64 packs and other architectures do not.</summary>
/// <remarks>Only the x64 layout is given; <see cref="EventLoop"/> refuses to start elsewhere.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct EpollEvent
{
    public uint Events;
    public int Descriptor;
    private readonly int _unused;
}
