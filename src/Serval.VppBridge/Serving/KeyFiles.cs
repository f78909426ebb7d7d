using System.Text;
using Serval.Grpc;
using Serval.VppBridge.Keys;

namespace Serval.VppBridge.Serving;

/// <summary>Reads private keys from files below one folder, such as mounted Secrets. Links are followed to
/// where they end, and the end must be below the folder too: Kubernetes mounts Secrets as links.</summary>
internal sealed class KeyFiles(string? folder)
{
    private const int FileBytesMax = 256;

    public PrivateKey Read(string path)
    {
        if (folder is null)
            throw new GrpcException(
                GrpcStatusCode.FailedPrecondition, "private_key_file: the bridge runs without --key-dir");
        string root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        string full = Path.GetFullPath(path, root);
        if (!full.StartsWith(root, StringComparison.Ordinal) || !EndsBelow(full, root))
            throw Require.Invalid("private_key_file", "is not below the folder of --key-dir");
        try
        {
            using FileStream stream = File.OpenRead(full);
            var bytes = new byte[FileBytesMax];
            int count = stream.ReadAtLeast(bytes, FileBytesMax, throwOnEndOfStream: false);
            string text = Encoding.ASCII.GetString(bytes, 0, count).Trim();
            if (PrivateKey.TryParse(text, out PrivateKey? key))
                return key!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GrpcException(
                GrpcStatusCode.NotFound, "private_key_file: there is no such file, or it cannot be read");
        }

        throw Require.Invalid(
            "private_key_file", "does not hold the base64 of 32 bytes, as 'wg genkey' prints it");
    }

    private static bool EndsBelow(string full, string root)
    {
        string realRoot = new DirectoryInfo(root).ResolveLinkTarget(returnFinalTarget: true)?.FullName
            ?? root;
        string? target = File.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName
            : null;
        return target is null || target.StartsWith(realRoot.TrimEnd('/') + "/", StringComparison.Ordinal);
    }
}
