using System.Runtime.InteropServices;

namespace Serval.DataPlane.Rings;

/// <summary><c>struct io_uring_rsrc_update</c>, as used to register the ring's own descriptor.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct RingFileUpdate
{
    [FieldOffset(0)] public uint Offset;
    [FieldOffset(8)] public ulong Descriptor;
}
