using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Serval.Config.Compiling;

/// <summary>
/// Memory of tables. Small pieces come from the C library's heap, large ones from the kernel, and these go
/// back there at once: the C library keeps what was freed in a heap of its own for each thread, and each
/// snapshot may be compiled on another thread. Thread: any.
/// </summary>
/// <remarks>
/// Large pieces ask for pages of 2 MiB: a lookup in a large table is a few cache lines anywhere in it, and
/// with pages of 4 KiB each costs a walk through the page tables besides. See Linux's
/// admin-guide/mm/transhuge.
/// </remarks>
internal static unsafe class TableMemory
{
    /// <summary>Records of 64 bytes then occupy exactly one cache line.</summary>
    public const nuint Alignment = 64;

    private const nuint HugePageBytes = 2 << 20;

    // Beyond it a piece is rounded up to pages of 4 KiB without much loss.
    private const nuint LargeBytes = 128 * 1024;

    /// <summary>Allocates; what is there is not defined.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory.</exception>
    public static void* Allocate(nuint bytes)
    {
        if (bytes < LargeBytes)
            return NativeMemory.AlignedAlloc(bytes, Alignment);
        if (bytes < HugePageBytes)
            return Map(bytes);
        // The kernel aligns to its small pages: what is in front of the first huge one and behind is let go.
        byte* start = (byte*)Map(bytes + HugePageBytes);
        byte* aligned = (byte*)(((nuint)start + HugePageBytes - 1) & ~(HugePageBytes - 1));
        nuint front = (nuint)(aligned - start);
        Unmap(start, front);
        nuint kept = WholePages(bytes);
        Unmap(aligned + kept, WholePages(bytes + HugePageBytes) - front - kept);
        // Before it was touched. Advice only: where there are none, small pages do.
        nuint whole = bytes / HugePageBytes * HugePageBytes;
        _ = LibC.madvise(aligned, (size_t)whole, LibC.MADV_HUGEPAGE);
        return aligned;
    }

    /// <summary>Frees what was allocated with that size; null is fine.</summary>
    public static void Free(void* memory, nuint bytes)
    {
        if (bytes < LargeBytes)
            NativeMemory.AlignedFree(memory);
        else
            Unmap(memory, WholePages(bytes));
    }

    private static nuint WholePages(nuint bytes)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        return (bytes + page - 1) & ~(page - 1);
    }

    private static void* Map(nuint bytes)
    {
        void* memory = LibC.mmap(
            null, (size_t)bytes, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1,
            0);
        return memory == LibC.MAP_FAILED
            ? throw new InsufficientMemoryException($"The kernel gives no {bytes} bytes for route tables.")
            : memory;
    }

    private static void Unmap(void* memory, nuint bytes)
    {
        if (bytes > 0)
            _ = LibC.munmap(memory, (size_t)bytes);
    }
}
