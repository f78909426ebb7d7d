using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Serval.Common.Libc;
using Tmds.Linux;

namespace Serval.DataPlane.Accounting;

/// <summary>
/// A file whose every write goes to its end, wherever that is by then: O_APPEND of open(2), which .NET's own
/// FileMode.Append is not. Whoever rotates logs may truncate it.
/// </summary>
internal static class AppendingFile
{
    /// <summary>Opens the file, or creates it.</summary>
    /// <exception cref="IOException">It cannot be appended to; the message says why.</exception>
    public static SafeFileHandle Open(string path)
    {
        int descriptor = NativePath.Open(
            path, LibC.O_WRONLY | LibC.O_APPEND | LibC.O_CREAT | LibC.O_CLOEXEC);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"{path} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
