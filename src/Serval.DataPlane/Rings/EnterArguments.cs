using System.Runtime.InteropServices;

namespace Serval.DataPlane.Rings;

/// <summary><c>struct io_uring_getevents_arg</c> (linux/io_uring.h): the timeout of a wait.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal struct EnterArguments
{
    [FieldOffset(0)] public ulong SignalMask;
    [FieldOffset(8)] public uint SignalMaskSize;
    [FieldOffset(12)] public uint MinimumWaitMicroseconds;
    [FieldOffset(16)] public ulong Timespec;
}
