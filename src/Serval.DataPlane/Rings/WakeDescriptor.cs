using System.Runtime.InteropServices;

namespace Serval.DataPlane.Rings;

/// <summary>An eventfd by which other threads wake a worker that waits in its ring.</summary>
internal sealed unsafe class WakeDescriptor : IDisposable
{
    private const int CloseOnExec = 0x80000;

    public WakeDescriptor()
    {
        Descriptor = Libc.EventFd(0, CloseOnExec);
        if (Descriptor < 0)
            throw new RingException("eventfd: " + Errno.Describe(Marshal.GetLastPInvokeError()));
    }

    public int Descriptor { get; }

    /// <summary>Wakes the worker; any thread.</summary>
    public void Wake()
    {
        ulong one = 1;
        nint written = Libc.Write(Descriptor, &one, sizeof(ulong));
        Invariant.Check(written == sizeof(ulong), "an eventfd takes a count of one");
    }

    public void Dispose() => Libc.Close(Descriptor);
}
