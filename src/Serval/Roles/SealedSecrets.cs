using System.Collections.Immutable;
using System.Security.Cryptography;
using Serval.Common;
using Serval.Common.Files;
using Serval.Config.Secrets;
using Serval.Config.Validating;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>
/// Certificates with their keys on disk, sealed with a key from a file, so that a router serves them after a
/// restart while its gateway is away. AES-256-GCM; the key of each write comes from the key file and a new
/// salt (HKDF-SHA256). The content of the checked file is salt, nonce, tag and the sealed JSON of a push.
/// </summary>
/// <remarks>
/// Owner: a secret keeper. Thread: one at a time. Bound: <see cref="AdminLimits.ConfigBytesMax"/>.
/// </remarks>
internal sealed class SealedSecrets
{
    private const string Mark = "serval-secrets-1 ";
    private const int SaltBytes = 32;
    private const int KeyBytesMin = 32;
    private const int KeyBytesMax = 4_096;
    private static readonly int NonceBytes = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagBytes = AesGcm.TagByteSizes.MaxSize;
    private readonly CheckedFile _file;
    private readonly string _directory;
    private readonly byte[] _master;

    private SealedSecrets(string directory, byte[] master)
    {
        (_directory, _master) = (directory, master);
        _file = new CheckedFile(
            Path.Combine(directory, "secrets.sealed"), Mark, AdminLimits.ConfigBytesMax, isSecret: true);
    }

    /// <summary>Reads the key; the sealed file is in the state directory.</summary>
    /// <exception cref="OptionException">The key file cannot be used.</exception>
    public static SealedSecrets Open(string directory, string keyFile)
    {
        try
        {
            const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite
                | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
            if ((File.GetUnixFileMode(keyFile) & Others) != 0)
            {
                throw new OptionException(
                    $"--state-key-file {keyFile} can be read by others than its owner; run: "
                    + $"chmod 600 {keyFile}");
            }
            byte[] key = File.ReadAllBytes(keyFile);
            if (key.Length is < KeyBytesMin or > KeyBytesMax)
            {
                throw new OptionException(
                    $"--state-key-file {keyFile} has {key.Length} bytes; it needs {KeyBytesMin} to "
                    + $"{KeyBytesMax}, for example: head -c {KeyBytesMin} /dev/urandom > {keyFile}");
            }
            return new SealedSecrets(directory, key);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OptionException($"--state-key-file {keyFile} cannot be read: {fault.Message}");
        }
    }

    /// <summary>
    /// Keeps pairs beside those that are kept already and still <paramref name="named"/>.
    /// </summary>
    /// <exception cref="IOException">They cannot be kept; what was kept before still is.</exception>
    public void Keep(ImmutableArray<KeyPair> pairs, ImmutableHashSet<(string Name, string Digest)> named)
    {
        SecretsPush? before = Find(out _);
        HashSet<(string, string)> fresh = [.. pairs.Select(pair => (pair.Name, pair.Digest))];
        ImmutableArray<KeyPair> all =
        [
            .. pairs,
            .. (before?.KeyPairs ?? []).Where(pair => named.Contains((pair.Name, pair.Digest))
                && !fresh.Contains((pair.Name, pair.Digest))),
        ];
        byte[] plain = SecretsJson.Write(new SecretsPush { KeyPairs = all });
        before?.Wipe();
        Directory.CreateDirectory(_directory);
        try
        {
            _file.Write(Seal(plain));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>What is kept; null when nothing is, and then the problem says why if that is one.</summary>
    public SecretsPush? Find(out string problem)
    {
        problem = "";
        byte[]? plain = null;
        try
        {
            if (_file.Read() is not { } content)
                return null;
            plain = Unseal(content);
            SecretsPush? push = SecretsJson.Read(plain, out ImmutableArray<Finding> findings);
            problem = findings.IsEmpty ? "" : findings[0].ToString();
            return push;
        }
        catch (CryptographicException)
        {
            problem = "it was sealed with another key, or is damaged";
        }
        catch (Exception fault) when (
            fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problem = fault.Message;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
        return null;
    }

    private byte[] Seal(ReadOnlySpan<byte> plain)
    {
        byte[] sealedBytes = new byte[SaltBytes + NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, SaltBytes + NonceBytes));
        (int tag, int text) = (SaltBytes + NonceBytes, SaltBytes + NonceBytes + TagBytes);
        using AesGcm cipher = Cipher(sealedBytes.AsSpan(0, SaltBytes));
        cipher.Encrypt(
            sealedBytes.AsSpan(SaltBytes, NonceBytes), plain, sealedBytes.AsSpan(text),
            sealedBytes.AsSpan(tag, TagBytes));
        return sealedBytes;
    }

    private byte[] Unseal(ReadOnlySpan<byte> content)
    {
        (int tag, int text) = (SaltBytes + NonceBytes, SaltBytes + NonceBytes + TagBytes);
        if (content.Length < text)
            throw new InvalidDataException("is too short");
        byte[] plain = new byte[content.Length - text];
        using AesGcm cipher = Cipher(content[..SaltBytes]);
        cipher.Decrypt(
            content.Slice(SaltBytes, NonceBytes), content[text..], content.Slice(tag, TagBytes), plain);
        return plain;
    }

    private AesGcm Cipher(ReadOnlySpan<byte> salt)
    {
        Span<byte> key = stackalloc byte[KeyBytesMin];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _master, key, salt, "serval state secrets"u8);
        AesGcm cipher = new(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }
}
