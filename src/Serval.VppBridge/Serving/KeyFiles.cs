using System.Text;
using Grpc.Core;
using Serval.Common;
using Serval.Common.Files;
using Serval.VppBridge.Keys;

namespace Serval.VppBridge.Serving;

/// <summary>Reads private keys from files below one folder, such as mounted Secrets. Links are followed to
/// where they end, and the end must be below the folder too: Kubernetes mounts Secrets as links. What a file
/// holds is in no answer and no log, whether it is a key or not.</summary>
internal sealed class KeyFiles(string? folder)
{
    private const int FileBytesMax = 256;
    private const UnixFileMode Strangers =
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public PrivateKey Read(string path)
    {
        if (folder is null)
            throw GrpcFault.Of(
                StatusCode.FailedPrecondition, "private_key_file: the bridge runs without --key-dir");
        if (path.Contains('\0', StringComparison.Ordinal))
            throw Require.Invalid("private_key_file", "is not a path");
        string text;
        try
        {
            text = ReadText(path, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw GrpcFault.Of(
                StatusCode.NotFound, "private_key_file: there is no such file, or it cannot be read");
        }

        return PrivateKey.TryParse(text, out PrivateKey? key) ? key!
            : throw Require.Invalid(
                "private_key_file", "does not hold the base64 of 32 bytes, as 'wg genkey' prints it");
    }

    private static string ReadText(string path, string folder)
    {
        string full = RealPath.Of(Path.GetFullPath(path, Path.GetFullPath(folder)))
            ?? throw new IOException($"{path} leads through more than {CommonLimits.LinksMax} links");
        if (!full.StartsWith(RealPath.Of(folder) + "/", StringComparison.Ordinal))
            throw Require.Invalid("private_key_file", "is not below the folder of --key-dir");
        using FileStream stream = File.OpenRead(full);
        if ((File.GetUnixFileMode(stream.SafeFileHandle) & Strangers) != 0)
        {
            throw GrpcFault.Of(
                StatusCode.FailedPrecondition,
                "private_key_file: other users may read or write it; 'chmod o=' it, or give the Secret's "
                    + "volume defaultMode 0440, and make a new key");
        }

        // One byte more than a key file has: a longer one is no key, however it begins.
        var bytes = new byte[FileBytesMax + 1];
        int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return count > FileBytesMax ? string.Empty : Encoding.ASCII.GetString(bytes, 0, count).Trim();
    }
}
