using System.Runtime.InteropServices;

namespace Serval.DataPlane.Rings;

/// <summary><c>struct io_uring_buf_reg</c>: registers a provided-buffer ring.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal struct ProvidedRingRegistration
{
    [FieldOffset(0)] public ulong Address;
    [FieldOffset(8)] public uint Entries;
    [FieldOffset(12)] public ushort GroupId;
    [FieldOffset(14)] public ushort Flags;
}
