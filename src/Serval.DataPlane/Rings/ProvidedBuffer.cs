using System.Runtime.InteropServices;

namespace Serval.DataPlane.Rings;

/// <summary>
/// <c>struct io_uring_buf</c>: one entry of a provided-buffer ring. The ring's tail overlays
/// <see cref="Reserved"/> of the first entry.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct ProvidedBuffer
{
    [FieldOffset(0)] public ulong Address;
    [FieldOffset(8)] public uint Length;
    [FieldOffset(12)] public ushort BufferId;
    [FieldOffset(14)] public ushort Reserved;
}
