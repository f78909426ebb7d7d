using System.Runtime.InteropServices;

namespace Serval.Bench.Bare;

/// <summary>struct io_uring_sqe, the fields used here.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct Submission
{
    [FieldOffset(0)] public byte Operation;
    [FieldOffset(1)] public byte Flags;
    [FieldOffset(2)] public ushort Priority;
    [FieldOffset(4)] public int Descriptor;
    [FieldOffset(16)] public ulong Address;
    [FieldOffset(24)] public uint Length;
    [FieldOffset(28)] public uint OperationFlags;
    [FieldOffset(32)] public ulong Token;
    [FieldOffset(40)] public ushort BufferGroup;
    [FieldOffset(44)] public uint FileIndex;
}
