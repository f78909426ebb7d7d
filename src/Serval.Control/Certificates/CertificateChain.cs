using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Serval.Control.Certificates;

/// <summary>Certificates of a PEM text, in their order there.</summary>
internal sealed class CertificateChain : IDisposable
{
    private const string Label = "CERTIFICATE";
    private const int ChainMax = 16;
    private const int BundleMax = 1_024;
    private readonly X509Certificate2[] _certificates;

    private CertificateChain(X509Certificate2[] certificates, byte[][] der) =>
        (_certificates, Der) = (certificates, der);

    /// <summary>Each certificate in DER.</summary>
    public byte[][] Der { get; }

    /// <summary>The first: the server's own.</summary>
    public X509Certificate2 Leaf => _certificates[0];

    /// <summary>Reads one certificate or more; the problem continues a sentence about the text.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> pem, [NotNullWhen(true)] out CertificateChain? chain, out string problem,
        int certificatesMax = ChainMax)
    {
        List<X509Certificate2> certificates = [];
        List<byte[]> ders = [];
        chain = null;
        problem = "";
        ReadOnlySpan<char> text = Encoding.UTF8.GetString(pem);
        while (problem.Length == 0 && PemEncoding.TryFind(text, out PemFields fields))
        {
            if (text[fields.Label] is Label)
                problem = Add(text[fields.Base64Data], certificates, ders, certificatesMax);
            text = text[fields.Location.End..];
        }
        if (problem.Length == 0 && certificates.Count == 0)
            problem = $"holds no certificate; give it one in PEM (BEGIN {Label}).";
        if (problem.Length == 0)
        {
            chain = new CertificateChain([.. certificates], [.. ders]);
            return true;
        }
        certificates.ForEach(certificate => certificate.Dispose());
        return false;
    }

    /// <summary>
    /// The certificates of a text in PEM, and nothing else that stands between them; the problem continues a
    /// sentence about the text.
    /// </summary>
    public static bool TryReadAll(ReadOnlySpan<byte> text, out string pem, out string problem)
    {
        pem = "";
        if (!TryRead(text, out CertificateChain? chain, out problem, BundleMax))
            return false;
        using (chain)
            pem = string.Concat(chain.Der.Select(der => $"{PemEncoding.WriteString(Label, der)}\n"));
        return true;
    }

    /// <summary>
    /// A sentence about certificates that are not followed by their issuer; null when all are.
    /// </summary>
    public string? FindDisorder(string key)
    {
        for (int i = 1; i < _certificates.Length; i++)
        {
            if (!_certificates[i - 1].IssuerName.RawData.AsSpan()
                .SequenceEqual(_certificates[i].SubjectName.RawData))
            {
                return $"Certificate {i + 1} of {key} did not issue certificate {i}; put each behind the one "
                    + "that it issued, or clients may refuse the chain.";
            }
        }
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_certificates, certificate => certificate.Dispose());

    private static string Add(
        ReadOnlySpan<char> base64, List<X509Certificate2> certificates, List<byte[]> ders,
        int certificatesMax)
    {
        if (certificates.Count == certificatesMax)
            return $"holds more than {certificatesMax} certificates; remove those that nobody needs.";
        try
        {
            byte[] der = Convert.FromBase64String(base64.ToString());
            certificates.Add(X509CertificateLoader.LoadCertificate(der));
            ders.Add(der);
            return "";
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return $"holds a certificate, number {certificates.Count + 1}, that cannot be read; issue it "
                + "anew.";
        }
    }
}
