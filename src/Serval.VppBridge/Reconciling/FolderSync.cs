using System.Runtime.InteropServices;

namespace Serval.VppBridge.Reconciling;

/// <summary>Puts the entries of a folder on the disk. Without it a machine that loses power after a rename
/// can come back with the old file. .NET opens no folders, so libc is called here.</summary>
internal static partial class FolderSync
{
    // Linux, x64: O_RDONLY | O_CLOEXEC. A folder opens read-only without O_DIRECTORY, whose value differs
    // between x64 and arm64.
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <exception cref="IOException">The folder cannot be opened or synced.</exception>
    public static void Sync(string folder)
    {
        int descriptor = Open(folder, ReadOnlyCloseOnExec);
        if (descriptor < 0)
            throw Failed(folder, "open");
        try
        {
            if (Synchronize(descriptor) < 0)
                throw Failed(folder, "fsync");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failed(string folder, string call) =>
        new($"{call} of {folder} failed: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport(
        "libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
