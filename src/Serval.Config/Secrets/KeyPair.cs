using System.Security.Cryptography;

namespace Serval.Config.Secrets;

/// <summary>
/// A certificate with its private key: what a snapshot's <see cref="Model.Certificate"/> stands for. Never
/// part of a snapshot, a log, a dump or a file that is not sealed.
/// </summary>
/// <remarks>
/// Owner: whoever holds it last wipes it. The key is in an array of its own, not in strings, which nobody can
/// wipe.
/// </remarks>
public sealed class KeyPair
{
    /// <summary>As <see cref="Model.Certificate.Name"/>.</summary>
    public required string Name { get; init; }

    /// <summary>As <see cref="Model.Certificate.Digest"/>.</summary>
    public required string Digest { get; init; }

    /// <summary>The certificate, then those that it was issued by, in PEM; public.</summary>
    public required byte[] ChainPem { get; init; }

    /// <summary>The private key in PEM: PKCS#8, PKCS#1 or SEC1, never encrypted.</summary>
    public required byte[] PrivateKeyPem { get; init; }

    /// <summary>An OCSP response in DER to staple (RFC 6066 §8); null for none. Public.</summary>
    public byte[]? OcspDer { get; init; }

    /// <summary>
    /// The digest of public facts: SHA-256 in lower-case hex over each certificate of the chain in DER, the
    /// public key of the first and the OCSP response, each behind its length in four bytes.
    /// </summary>
    /// <param name="chain">Certificates in DER, the server's own first.</param>
    /// <param name="publicKey">SubjectPublicKeyInfo in DER.</param>
    /// <param name="ocsp">OCSP response in DER; empty for none.</param>
    public static string DigestOf(
        IReadOnlyList<byte[]> chain, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> ocsp)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] certificate in chain)
            Append(hash, certificate);
        Append(hash, publicKey);
        Append(hash, ocsp);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Overwrites the private key. The pair is of no use from here on.</summary>
    public void Wipe() => CryptographicOperations.ZeroMemory(PrivateKeyPem);

    /// <summary>Name and digest alone.</summary>
    public override string ToString() => $"{Name} ({Digest})";

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
