using Tmds.Linux;

namespace Serval.Config.Compiling;

/// <summary>
/// Asks for pages of 2 MiB. A lookup in a large table is a few cache lines anywhere in it: with pages of
/// 4 KiB each costs a walk through the page tables besides. See Linux's admin-guide/mm/transhuge.
/// </summary>
internal static unsafe class HugePages
{
    /// <summary>Size and alignment of one, bytes.</summary>
    public const nuint Bytes = 2 << 20;

    /// <summary>
    /// Advises for memory that was not touched yet. Advice only: where there are none, small pages do, so a
    /// refusal is no error.
    /// </summary>
    public static void Advise(nint address, nuint length) =>
        _ = LibC.madvise((void*)address, (size_t)length, LibC.MADV_HUGEPAGE);
}
