using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serval.Common.Files;
using Serval.Control.Kubernetes;

namespace Serval.Control.Acme;

/// <summary>
/// What is kept on disk, readable by its owner alone: the account's key, each certificate with its key, and
/// when certificates were tried for.
/// </summary>
/// <remarks>Owner: one renewal loop. Thread: one at a time.</remarks>
internal sealed class AcmeStore(string directory)
{
    private const UnixFileMode OwnerOnly =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The account's key; a new one the first time.</summary>
    /// <exception cref="IOException">The state cannot be read or written.</exception>
    public AccountKey OpenAccountKey(Uri authority)
    {
        Directory.CreateDirectory(directory, OwnerOnly);
        // Accounts of one authority mean nothing to another.
        CheckedFile file = FileOf($"account-{Hash(authority.ToString())}");
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (file.Read() is { } kept)
            key.ImportFromPem(Encoding.ASCII.GetString(kept));
        else
            file.Write(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        return new AccountKey(key);
    }

    /// <summary>The certificate with its key for a Secret, if it is kept and for these names.</summary>
    public (string ChainPem, string KeyPem)? Find(ObjectKey secret, IReadOnlyList<string> names)
    {
        if (FileOf(NameOf(secret)).Read() is not { } content)
            return null;
        string[] parts = Encoding.ASCII.GetString(content).Split('\0');
        return parts.Length == 3 && parts[0] == string.Join(' ', names) ? (parts[1], parts[2]) : null;
    }

    /// <summary>Keeps a certificate with its key.</summary>
    public void Keep(ObjectKey secret, IReadOnlyList<string> names, string chainPem, string keyPem) =>
        FileOf(NameOf(secret)).Write(
            Encoding.ASCII.GetBytes($"{string.Join(' ', names)}\0{chainPem}\0{keyPem}"));

    /// <summary>
    /// Notes a try, unless there were too many within the hour: then the time at which one is allowed again.
    /// </summary>
    public DateTimeOffset? TryNote(ObjectKey secret, DateTimeOffset now)
    {
        CheckedFile file = FileOf($"{NameOf(secret)}+tries");
        long[] tries =
        [
            .. Encoding.ASCII.GetString(file.Read() ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => long.TryParse(line, CultureInfo.InvariantCulture, out long at) ? at : 0)
                .Where(at => now - DateTimeOffset.FromUnixTimeSeconds(at) < TimeSpan.FromHours(1)),
        ];
        if (tries.Length >= AcmeLimits.TriesPerHour)
            return DateTimeOffset.FromUnixTimeSeconds(tries.Min()) + TimeSpan.FromHours(1);
        IEnumerable<string> lines = tries.Append(now.ToUnixTimeSeconds())
            .Select(at => at.ToString(CultureInfo.InvariantCulture));
        file.Write(Encoding.ASCII.GetBytes(string.Join('\n', lines)));
        return null;
    }

    /// <summary>The first certificate of a chain.</summary>
    public static X509Certificate2 LeafOf(string chainPem) => X509Certificate2.CreateFromPem(chainPem);

    // Names of namespaces have no dot and no underscore, and no name has a plus.
    private static string NameOf(ObjectKey secret) => $"{secret.Namespace}_{secret.Name}";

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    private CheckedFile FileOf(string name) => new(
        Path.Combine(directory, name), "serval-acme-1 ", AcmeLimits.StateBytesMax, isSecret: true);
}
