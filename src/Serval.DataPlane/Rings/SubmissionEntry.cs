using System.Runtime.InteropServices;

namespace Serval.DataPlane.Rings;

/// <summary>
/// <c>struct io_uring_sqe</c> (linux/io_uring.h), the fields that Serval writes. Its layout is compared with
/// the C compiler's in tests.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct SubmissionEntry
{
    [FieldOffset(0)] public byte Opcode;
    [FieldOffset(1)] public byte Flags;
    [FieldOffset(2)] public ushort IoPriority;
    [FieldOffset(4)] public int Descriptor;
    [FieldOffset(8)] public ulong Offset;
    [FieldOffset(8)] public uint CommandOperation;
    [FieldOffset(16)] public ulong Address;
    [FieldOffset(16)] public uint Level;
    [FieldOffset(20)] public uint OptionName;
    [FieldOffset(24)] public uint Length;
    [FieldOffset(28)] public uint OperationFlags;
    [FieldOffset(32)] public ulong Token;
    [FieldOffset(40)] public ushort BufferGroup;
    [FieldOffset(42)] public ushort Personality;
    [FieldOffset(44)] public uint FileIndex;
    [FieldOffset(44)] public uint OptionLength;
    [FieldOffset(48)] public ulong OptionValue;
    [FieldOffset(56)] public ulong Pad;
}
