using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Serval.Common.Libc;
using Tmds.Linux;

namespace Serval.Control.Files;

/// <summary>What a file held when it was read.</summary>
/// <param name="Bytes">All of it; null when it could not be read.</param>
/// <param name="Problem">Why not.</param>
/// <param name="IsBeingWritten">True when somebody has the file open for writing, so more may come.</param>
internal sealed record FileContent(byte[]? Bytes, string Problem, bool IsBeingWritten)
{
    /// <summary>Reads a file. Never waits for what is not a regular file, and never throws.</summary>
    public static FileContent Read(string path)
    {
        try
        {
            // A pipe without a writer would hold an ordinary opening for ever.
            int descriptor = NativePath.Open(path, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
            if (descriptor < 0)
            {
                string reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
                return new FileContent(null, $"It cannot be read: {reason}.", false);
            }
            using SafeFileHandle handle = new(descriptor, ownsHandle: true);
            using FileStream stream = new(handle, FileAccess.Read, bufferSize: 0);
            // Some devices can seek too, such as /dev/zero; they would count as empty files.
            if (!stream.CanSeek || !DescriptorKind.IsRegularFile(descriptor))
                return new FileContent(null, "It is not a regular file; remove it from here.", false);
            if (stream.Length > Limits.FileBytesMax)
            {
                return new FileContent(
                    null, $"It is larger than {Limits.FileBytesMax} bytes; split it.", false);
            }
            bool isBeingWritten = HasWriter(descriptor);
            // Read to the end that it had when it was opened; a file that grows is read again.
            byte[] bytes = new byte[stream.Length];
            int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return new FileContent(bytes[..count], "", isBeingWritten);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or NotSupportedException)
        {
            return new FileContent(null, $"It cannot be read: {exception.Message}", false);
        }
    }

    // fcntl(2): a read lease can be had only while nobody has the file open for writing. It ends with the
    // descriptor. Who opens the file for writing meanwhile wakes us with a signal, so one that is ignored is
    // chosen. Where there are no leases, or not for us, nobody is assumed to write.
    private static bool HasWriter(int descriptor)
    {
        if (LibC.fcntl(descriptor, LibC.F_SETSIG, LibC.SIGURG) != 0)
            return false;
        return LibC.fcntl(descriptor, LibC.F_SETLEASE, LibC.F_RDLCK) != 0
            && Marshal.GetLastPInvokeError() == LibC.EAGAIN;
    }
}
