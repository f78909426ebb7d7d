using System.Runtime.InteropServices;

namespace Serval.DataPlane.Rings;

/// <summary>RLIMIT_NOFILE, which also bounds the table of direct descriptors of a ring.</summary>
internal static unsafe partial class DescriptorLimit
{
    private const int NoFile = 7;

    /// <summary>
    /// Raises the limit to <paramref name="wanted"/> as far as allowed; returns what it is then.
    /// </summary>
    public static ulong Raise(ulong wanted)
    {
        ulong* limits = stackalloc ulong[2];
        if (GetLimit(NoFile, limits) < 0) return 0;
        if (limits[0] >= wanted) return limits[0];
        // The hard limit first: root may raise it, others get what they have.
        ulong hard = limits[1];
        limits[0] = wanted;
        limits[1] = Math.Max(wanted, hard);
        if (SetLimit(NoFile, limits) == 0) return wanted;
        limits[0] = Math.Min(wanted, hard);
        limits[1] = hard;
        return SetLimit(NoFile, limits) == 0 ? limits[0] : 0;
    }

    // Tmds.LibC has no calls for resource limits.
    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, ulong* limits);
}
