using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serval.VppBridge.Serving;

/// <summary>Reads what the options name for TLS and tokens. Whatever is wrong with a file is told with its
/// path before anything listens.</summary>
internal static class PemFiles
{
    /// <exception cref="OptionException">It cannot be read.</exception>
    public static string ReadText(string path) => Read(path, File.ReadAllText);

    /// <exception cref="OptionException">It cannot be read, or holds no certificate.</exception>
    public static X509Certificate2Collection ReadCertificates(string path)
    {
        X509Certificate2Collection certificates = Read(path, file =>
        {
            X509Certificate2Collection read = [];
            read.ImportFromPemFile(file);
            return read;
        });
        return certificates.Count > 0 ? certificates
            : throw new OptionException($"{path} holds no certificate");
    }

    /// <summary>The certificate with its private key; the key may be in the file of the
    /// certificate.</summary>
    /// <exception cref="OptionException">It cannot be read, or the key is not that of the
    /// certificate.</exception>
    public static X509Certificate2 ReadOwn(string path, string? keyPath) => Read(
        keyPath is null ? path : $"{path} with {keyPath}",
        _ => X509Certificate2.CreateFromPemFile(path, keyPath));

    private static T Read<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or CryptographicException
                or ArgumentException)
        {
            throw new OptionException($"{path}: {e.Message}", e);
        }
    }
}
