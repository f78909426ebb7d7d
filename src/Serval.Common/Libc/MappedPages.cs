using Tmds.Linux;

namespace Serval.Common.Libc;

/// <summary>Pages of a file that are mapped into this process.</summary>
public static unsafe class MappedPages
{
    /// <summary>
    /// madvise(2) with MADV_DONTNEED: takes the pages out of this process; what is touched is read again.
    /// Only for mappings that nobody has written to. It is advice: where it is refused, the pages stay.
    /// </summary>
    /// <param name="start">First byte; at the begin of a page.</param>
    /// <param name="end">Behind the last byte.</param>
    public static void GiveBack(nint start, nint end) =>
        _ = LibC.madvise((void*)start, (size_t)(nuint)(end - start), LibC.MADV_DONTNEED);
}
