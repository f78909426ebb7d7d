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
        string name = $"account-{Hash(authority.ToString())}";
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (Read(name) is { } kept)
            key.ImportFromPem(Encoding.ASCII.GetString(kept));
        else
            FileOf(name).Write(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        return new AccountKey(key);
    }

    /// <summary>The certificate with its key that is kept for a Secret; null for none.</summary>
    /// <exception cref="IOException">The state cannot be read.</exception>
    public KeptCertificate? Find(ObjectKey secret)
    {
        if (Read(NameOf(secret)) is not { } content)
            return null;
        string[] parts = Encoding.ASCII.GetString(content).Split('\0');
        return parts.Length == 4
            ? new KeptCertificate([.. parts[0].Split(' ')], parts[1], parts[2], parts[3])
            : null;
    }

    /// <summary>Keeps a certificate with its key.</summary>
    /// <exception cref="IOException">The state cannot be written.</exception>
    public void Keep(ObjectKey secret, KeptCertificate kept) => FileOf(NameOf(secret)).Write(
        Encoding.ASCII.GetBytes(
            $"{string.Join(' ', kept.Names)}\0{kept.ChainPem}\0{kept.KeyPem}\0{kept.Authority}"));

    /// <summary>
    /// Notes a try, unless there were too many within the hour: then the time at which one is allowed again.
    /// </summary>
    public DateTimeOffset? TryNote(ObjectKey secret, DateTimeOffset now)
    {
        string name = $"{NameOf(secret)}+tries";
        long[] tries =
        [
            .. Encoding.ASCII.GetString(Read(name) ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => long.TryParse(line, CultureInfo.InvariantCulture, out long at) ? at : 0)
                // One of the future was noted while the clock was wrong.
                .Where(at => DateTimeOffset.FromUnixTimeSeconds(at) <= now
                    && now - DateTimeOffset.FromUnixTimeSeconds(at) < TimeSpan.FromHours(1)),
        ];
        if (tries.Length >= AcmeLimits.TriesPerHour)
            return DateTimeOffset.FromUnixTimeSeconds(tries.Min()) + TimeSpan.FromHours(1);
        IEnumerable<string> lines = tries.Append(now.ToUnixTimeSeconds())
            .Select(at => at.ToString(CultureInfo.InvariantCulture));
        FileOf(name).Write(Encoding.ASCII.GetBytes(string.Join('\n', lines)));
        return null;
    }

    /// <summary>The first certificate of a chain.</summary>
    public static X509Certificate2 LeafOf(string chainPem) => X509Certificate2.CreateFromPem(chainPem);

    // Names of namespaces have no dot and no underscore, and no name has a plus. A name from a file that is
    // none must not lead out of the folder.
    private static string NameOf(ObjectKey secret) =>
        $"{Uri.EscapeDataString(secret.Namespace)}_{Uri.EscapeDataString(secret.Name)}";

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    private byte[]? Read(string name)
    {
        try
        {
            return FileOf(name).Read();
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException(
                $"{Path.Combine(directory, name)} {fault.Message}; remove it", fault);
        }
    }

    private CheckedFile FileOf(string name) => new(
        Path.Combine(directory, name), "serval-acme-1 ", AcmeLimits.StateBytesMax, isSecret: true);
}
