using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Serval.DataPlane.Rings;

/// <summary>An eventfd by which other threads wake a worker that waits in its ring.</summary>
internal sealed unsafe class WakeDescriptor : IDisposable
{
    public WakeDescriptor()
    {
        Descriptor = LibC.eventfd(0, LibC.EFD_CLOEXEC);
        if (Descriptor < 0)
            throw new RingException("eventfd: " + Errno.Describe(Marshal.GetLastPInvokeError()));
    }

    public int Descriptor { get; }

    /// <summary>Wakes the worker; any thread.</summary>
    public void Wake()
    {
        ulong one = 1;
        long written = LibC.write(Descriptor, &one, sizeof(ulong));
        Invariant.Check(written == sizeof(ulong), "an eventfd takes a count of one");
    }

    public void Dispose() => _ = LibC.close(Descriptor);
}
