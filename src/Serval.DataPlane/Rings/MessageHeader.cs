using System.Runtime.InteropServices;

namespace Serval.DataPlane.Rings;

/// <summary><c>struct msghdr</c> on 64-bit Linux.</summary>
[StructLayout(LayoutKind.Explicit, Size = 56)]
internal struct MessageHeader
{
    [FieldOffset(0)] public ulong Name;
    [FieldOffset(8)] public uint NameLength;
    [FieldOffset(16)] public ulong Vectors;
    [FieldOffset(24)] public ulong VectorCount;
    [FieldOffset(32)] public ulong Control;
    [FieldOffset(40)] public ulong ControlLength;
    [FieldOffset(48)] public int Flags;
}
