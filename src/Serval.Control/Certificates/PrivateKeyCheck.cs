using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Serval.Control.Certificates;

/// <summary>Whether a private key can be read and belongs to a certificate.</summary>
internal static class PrivateKeyCheck
{
    /// <summary>What is wrong, continuing a sentence about the key; null when nothing is.</summary>
    public static string? FindProblem(byte[] pem, X509Certificate2 certificate)
    {
        char[] text = Encoding.UTF8.GetChars(pem);
        try
        {
            if (FindLabel(text) is not { } label)
                return "holds no private key; give it one in PEM (BEGIN PRIVATE KEY).";
            if (label.StartsWith("ENCRYPTED", StringComparison.Ordinal) || IsLegacyEncrypted(text))
                return "is encrypted; decrypt it, for example with 'openssl pkey'.";
            using RSA? rsa = certificate.GetRSAPublicKey();
            using ECDsa? ecdsa = certificate.GetECDsaPublicKey();
            return (rsa, ecdsa) switch
            {
                ({ } publicKey, _) => Compare(publicKey, text),
                (_, { } publicKey) => Compare(publicKey, text),
                _ => "is for a certificate whose key is neither RSA nor ECDSA; use one of these.",
            };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Also what is a key of another algorithm than the certificate's.
            return "is not a private key of the certificate's algorithm, or is damaged; use the key that "
                + "tls.crt was issued for.";
        }
        finally
        {
            CryptographicOperations.ZeroMemory(
                System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }

    private static string? Compare(RSA publicKey, ReadOnlySpan<char> text)
    {
        using RSA key = RSA.Create();
        key.ImportFromPem(text);
        RSAParameters ours = key.ExportParameters(includePrivateParameters: false);
        RSAParameters theirs = publicKey.ExportParameters(includePrivateParameters: false);
        return ours.Modulus.AsSpan().SequenceEqual(theirs.Modulus)
            && ours.Exponent.AsSpan().SequenceEqual(theirs.Exponent) ? null : NotOurs;
    }

    private static string? Compare(ECDsa publicKey, ReadOnlySpan<char> text)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(text);
        return key.ExportSubjectPublicKeyInfo().AsSpan()
            .SequenceEqual(publicKey.ExportSubjectPublicKeyInfo()) ? null : NotOurs;
    }

    private const string NotOurs = "does not belong to tls.crt; use the key that tls.crt was issued for.";

    private static string? FindLabel(ReadOnlySpan<char> text)
    {
        while (PemEncoding.TryFind(text, out PemFields fields))
        {
            string label = text[fields.Label].ToString();
            if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
                return label;
            text = text[fields.Location.End..];
        }
        return null;
    }

    // RFC 1421 headers of OpenSSL's old form; PEM readers of today find no block there at all.
    private static bool IsLegacyEncrypted(ReadOnlySpan<char> text) =>
        text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal);
}
