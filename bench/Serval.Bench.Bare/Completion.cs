using System.Runtime.InteropServices;

namespace Serval.Bench.Bare;

/// <summary>struct io_uring_cqe.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Completion
{
    public ulong Token;
    public int Result;
    public uint Flags;
}
