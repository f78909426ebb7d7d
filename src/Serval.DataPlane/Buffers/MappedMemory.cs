using System.Runtime.InteropServices;
using Serval.DataPlane.Rings;
using Tmds.Linux;

namespace Serval.DataPlane.Buffers;

/// <summary>
/// Zeroed memory outside the garbage collector's reach. It takes pages of the machine only where it is
/// touched.
/// </summary>
internal static unsafe class MappedMemory
{
    /// <summary>Reserves memory; whoever asks gives it back with <see cref="Unmap"/>.</summary>
    /// <exception cref="RingException">The kernel refuses; says for what.</exception>
    public static void* Map(nuint bytes, string purpose)
    {
        void* memory = LibC.mmap(
            null, (size_t)bytes, LibC.PROT_READ | LibC.PROT_WRITE,
            LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS | LibC.MAP_NORESERVE, -1, 0);
        if (memory == LibC.MAP_FAILED)
            throw new RingException($"mapping {purpose}: {Errno.Describe(Marshal.GetLastPInvokeError())}");
        return memory;
    }

    /// <summary>Gives memory back; null is none.</summary>
    public static void Unmap(void* memory, nuint bytes)
    {
        if (memory != null)
            _ = LibC.munmap(memory, (size_t)bytes);
    }
}
