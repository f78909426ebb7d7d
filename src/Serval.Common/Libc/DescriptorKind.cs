using Tmds.Linux;

namespace Serval.Common.Libc;

/// <summary>What a descriptor is open for.</summary>
public static unsafe class DescriptorKind
{
    /// <summary>
    /// Whether it is a regular file: no folder, pipe, socket or device. False if it is not open.
    /// </summary>
    public static bool IsRegularFile(int descriptor)
    {
        // The kernel writes this structure and nothing beyond it.
        stat status;
        return LibC.fstat(descriptor, &status) == 0
            && ((uint)status.st_mode & (uint)LibC.S_IFMT) == (uint)LibC.S_IFREG;
    }
}
