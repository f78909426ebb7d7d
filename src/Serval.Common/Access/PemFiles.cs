using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serval.Common.Access;

/// <summary>
/// Reads the PEM files and tokens that options name. The errors name the file, so that they can be shown
/// before anything listens.
/// </summary>
public static class PemFiles
{
    /// <summary>The text of a small file.</summary>
    /// <exception cref="OptionException">It cannot be read.</exception>
    public static string ReadText(string path) => Read(path, File.ReadAllText);

    /// <summary>Every certificate of a file, in its order.</summary>
    /// <exception cref="OptionException">The file cannot be read, or holds no certificate.</exception>
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

    /// <summary>
    /// The first certificate with its private key. Without <paramref name="keyPath"/> the key is read from
    /// the file of the certificate.
    /// </summary>
    /// <exception cref="OptionException">
    /// A file cannot be read, or the key does not belong to the certificate.
    /// </exception>
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
