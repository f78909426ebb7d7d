using System.Runtime.InteropServices;

namespace Serval.DataPlane.Rings;

/// <summary><c>struct iovec</c>: a run of memory to send.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct IoVector
{
    [FieldOffset(0)] public nint Address;
    [FieldOffset(8)] public nuint Length;
}
