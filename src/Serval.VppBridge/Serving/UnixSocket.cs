using System.Net.Sockets;
using Serval.Common;

namespace Serval.VppBridge.Serving;

/// <summary>The file of a unix socket that is listened on.</summary>
internal static class UnixSocket
{
    private const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>Makes room for a socket: makes its folder, and takes away the file that a process left which
    /// was killed.</summary>
    /// <exception cref="OptionException">Somebody listens there, or the file is no socket.</exception>
    public static void Prepare(string path)
    {
        string? folder = Path.GetDirectoryName(path);
        try
        {
            Directory.CreateDirectory(folder!);
            var file = new FileInfo(path);
            if (!file.Exists)
                return;
            if (file.Length > 0)
                throw new OptionException($"--listen unix:{path}: there is a file that is no socket");
            if (IsServed(path))
                throw new OptionException($"--listen unix:{path}: another process listens there");
            file.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OptionException($"--listen unix:{path}: {e.Message}", e);
        }
    }

    /// <summary>Lets the owner and the group connect, and nobody else.</summary>
    public static void Restrict(string path) => File.SetUnixFileMode(path, OwnerAndGroup);

    private static bool IsServed(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e)
        {
            // Refused: nobody listens. Anything else, such as a full queue, is no proof of that.
            return e.SocketErrorCode != SocketError.ConnectionRefused;
        }
    }
}
