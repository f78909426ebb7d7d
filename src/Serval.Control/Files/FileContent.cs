using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Serval.Control.Files;

/// <summary>What a file held when it was read.</summary>
/// <param name="Bytes">All of it; null when it could not be read.</param>
/// <param name="Problem">Why not.</param>
/// <param name="IsBeingWritten">True when somebody has the file open for writing, so more may come.</param>
internal sealed partial record FileContent(byte[]? Bytes, string Problem, bool IsBeingWritten)
{
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int SetSignal = 10;
    private const int SetLease = 1024;
    private const int ReadLease = 0;
    private const int Again = 11;

    // Who opens the file for writing while the lease is held wakes its holder with a signal; this one is
    // ignored.
    private const int SignalUrgent = 23;

    /// <summary>Reads a file. Never waits for what is not a regular file, and never throws.</summary>
    public static FileContent Read(string path)
    {
        try
        {
            // A pipe without a writer would hold an ordinary opening for ever.
            int descriptor = Open(path, ReadOnly | NonBlocking | CloseOnExec);
            if (descriptor < 0)
            {
                string reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
                return new FileContent(null, $"It cannot be read: {reason}.", false);
            }
            using SafeFileHandle handle = new(descriptor, ownsHandle: true);
            using FileStream stream = new(handle, FileAccess.Read, bufferSize: 0);
            if (!stream.CanSeek)
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
    // descriptor. Where there are no leases, or not for us, nobody is assumed to write.
    private static bool HasWriter(int descriptor)
    {
        if (Control(descriptor, SetSignal, SignalUrgent) != 0)
            return false;
        return Control(descriptor, SetLease, ReadLease) != 0 && Marshal.GetLastPInvokeError() == Again;
    }

    [LibraryImport(
        "libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);
}
