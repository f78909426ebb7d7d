using System.Runtime.InteropServices;

namespace Serval.DataPlane.Rings;

/// <summary><c>struct io_uring_cqe</c> (linux/io_uring.h) without the big-entry tail.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct CompletionEntry
{
    [FieldOffset(0)] public ulong Token;
    [FieldOffset(8)] public int Result;
    [FieldOffset(12)] public uint Flags;
}
