using System.Runtime.InteropServices;

namespace Serval.DataPlane.Rings;

/// <summary><c>struct io_uring_params</c> with its two offset tables (linux/io_uring.h).</summary>
[StructLayout(LayoutKind.Explicit, Size = 120)]
internal struct RingParameters
{
    [FieldOffset(0)] public uint SubmissionEntries;
    [FieldOffset(4)] public uint CompletionEntries;
    [FieldOffset(8)] public uint Flags;
    [FieldOffset(20)] public uint Features;

    // struct io_sqring_offsets at 40
    [FieldOffset(40)] public uint SubmissionHead;
    [FieldOffset(44)] public uint SubmissionTail;
    [FieldOffset(48)] public uint SubmissionMask;
    [FieldOffset(56)] public uint SubmissionFlags;
    [FieldOffset(60)] public uint SubmissionDropped;

    // struct io_cqring_offsets at 80
    [FieldOffset(80)] public uint CompletionHead;
    [FieldOffset(84)] public uint CompletionTail;
    [FieldOffset(88)] public uint CompletionMask;
    [FieldOffset(96)] public uint CompletionOverflow;
    [FieldOffset(100)] public uint Completions;
}
