using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serval.Config;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Certificates;

/// <summary>
/// Reads a Secret of type kubernetes.io/tls: its certificates, its key, and whether they belong together.
/// Says which key of the Secret is wrong and what to do, never what it holds.
/// </summary>
internal static class KeyPairReader
{
    /// <summary>Key of a Secret with an OCSP response in DER to staple.</summary>
    public const string OcspKey = "tls.ocsp-staple";

    private const string ChainKey = "tls.crt";
    private const string PrivateKey = "tls.key";
    private const int RsaBitsMin = 2_048;

    /// <summary>What the Secret holds, or why it is of no use.</summary>
    public static ReadKeyPair Read(SecretResource secret)
    {
        if (secret.Type != "kubernetes.io/tls")
            return ReadKeyPair.Wrong($"It is of type {secret.Type}; use one of type kubernetes.io/tls.");
        if (FindProblem(secret, ChainKey, out byte[] chainPem) is { } chainProblem)
            return ReadKeyPair.Wrong(chainProblem);
        if (FindProblem(secret, PrivateKey, out byte[] keyPem) is { } keyProblem)
            return ReadKeyPair.Wrong(keyProblem);
        if (!CertificateChain.TryRead(chainPem, out CertificateChain? chain, out string problem))
            return ReadKeyPair.Wrong($"{ChainKey} {problem}");
        using (chain)
            return Join(secret, chain, chainPem, keyPem);
    }

    private static ReadKeyPair Join(
        SecretResource secret, CertificateChain chain, byte[] chainPem, byte[] keyPem)
    {
        X509Certificate2 leaf = chain.Leaf;
        if (FindWeakness(leaf) is { } weakness)
            return ReadKeyPair.Wrong($"{ChainKey} {weakness}");
        if (PrivateKeyCheck.FindProblem(keyPem, leaf) is { } mismatch)
            return ReadKeyPair.Wrong($"{PrivateKey} {mismatch}");
        (byte[]? ocsp, long ocspNotAfterMs, string? ocspProblem) = ReadStaple(secret, leaf);
        string name = secret.Key.Path;
        string digest = KeyPair.DigestOf(
            chain.Der, leaf.PublicKey.ExportSubjectPublicKeyInfo(), ocsp ?? []);
        return new ReadKeyPair
        {
            Certificate = new Certificate
            {
                Name = name,
                Digest = digest,
                Names = CertificateNames.Of(leaf),
                // 0 stands for a time that is not known, and an end before 1970 has passed all the same.
                NotAfterMs = Math.Max(
                    1, new DateTimeOffset(leaf.NotAfter.ToUniversalTime()).ToUnixTimeMilliseconds()),
                HasOcsp = ocsp is not null,
                OcspNotAfterMs = ocspNotAfterMs,
            },
            KeyPair = new KeyPair
            {
                Name = name,
                Digest = digest,
                ChainPem = chainPem,
                PrivateKeyPem = keyPem,
                OcspDer = ocsp,
            },
            Warning = Both(chain.FindDisorder(ChainKey), ocspProblem),
        };
    }

    // A response that is of no use is left out: the certificate is served all the same.
    private static (byte[]? Der, long NotAfterMs, string? Problem) ReadStaple(
        SecretResource secret, X509Certificate2 leaf)
    {
        if (!Has(secret, OcspKey))
            return default;
        if (FindProblem(secret, OcspKey, out byte[] der) is { } problem)
            return (null, 0, problem);
        if (!OcspResponse.TryRead(der, out OcspResponse? response))
            return (null, 0, $"{OcspKey} is no OCSP response in DER; ask the authority for one.");
        if (response.SerialNumber != new BigInteger(leaf.SerialNumberBytes.Span, isBigEndian: true))
        {
            return (null, 0,
                $"{OcspKey} is about another certificate; ask for one about that of {ChainKey}.");
        }
        return response.IsGood
            ? (der, response.NotAfterMs, null)
            : (null, 0, $"{OcspKey} says that the certificate is revoked or not known; renew it.");
    }

    private static string? Both(string? one, string? other) =>
        one is null || other is null ? one ?? other : $"{one} {other}";

    // What OpenSSL refuses by default (security level 2).
    private static string? FindWeakness(X509Certificate2 leaf)
    {
        using RSA? rsa = leaf.GetRSAPublicKey();
        if (rsa is { KeySize: < RsaBitsMin })
            return $"has an RSA key of {rsa.KeySize} bits, which is too weak; use {RsaBitsMin} or more.";
        return leaf.SignatureAlgorithm.FriendlyName is { } name
            && (name.Contains("sha1", StringComparison.OrdinalIgnoreCase)
                || name.Contains("md5", StringComparison.OrdinalIgnoreCase))
            && leaf.Subject != leaf.Issuer
            ? $"is signed with {name}, which is too weak; have it signed with SHA-256 or better."
            : null;
    }

    private static bool Has(SecretResource secret, string key) =>
        secret.StringData.ContainsKey(key) || secret.Data.ContainsKey(key);

    private static string? FindProblem(SecretResource secret, string key, out byte[] bytes)
    {
        bytes = [];
        if (secret.StringData.TryGetValue(key, out string? text))
            bytes = Encoding.UTF8.GetBytes(text);
        else if (!secret.Data.TryGetValue(key, out string? encoded))
            return $"It has no {key}; add it.";
        else if (!TryDecode(encoded, out bytes))
            return $"{key} is not base64; encode it.";
        if (bytes.Length == 0)
            return $"{key} is empty; fill it.";
        return bytes.Length > ConfigLimits.KeyPairPartBytes
            ? $"{key} has more than {ConfigLimits.KeyPairPartBytes} bytes; shorten it."
            : null;
    }

    private static bool TryDecode(string encoded, out byte[] bytes)
    {
        bytes = [];
        try
        {
            bytes = Convert.FromBase64String(encoded);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
