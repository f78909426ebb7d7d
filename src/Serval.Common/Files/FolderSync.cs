using System.Runtime.InteropServices;
using Serval.Common.Libc;
using static Tmds.Linux.LibC;

namespace Serval.Common.Files;

/// <summary>
/// Flushes the entries of a folder to the disk. Without it a machine that loses power after a rename can come
/// back with the old file. .NET opens no folders, so libc is called here.
/// </summary>
internal static class FolderSync
{
    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public static void Sync(string folder)
    {
        int descriptor = NativePath.Open(folder, O_RDONLY | O_CLOEXEC);
        if (descriptor < 0)
            throw Failed(folder, "open");
        try
        {
            if (fsync(descriptor) < 0)
                throw Failed(folder, "fsync");
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    private static IOException Failed(string folder, string call) =>
        new($"{call} of {folder} failed: {Marshal.GetLastPInvokeErrorMessage()}");
}
