using System.Runtime.InteropServices;

namespace Serval.DataPlane.Rings;

/// <summary><c>struct io_uring_rsrc_register</c>: registers a table of direct descriptors.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct FileTableRegistration
{
    [FieldOffset(0)] public uint Count;
    [FieldOffset(4)] public uint Flags;
    [FieldOffset(16)] public ulong Descriptors;
    [FieldOffset(24)] public ulong Tags;
}
