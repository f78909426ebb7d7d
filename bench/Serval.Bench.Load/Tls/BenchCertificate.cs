using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serval.Bench.Load.Messages;

namespace Serval.Bench.Load.Tls;

/// <summary>
/// The certificate that every proxy of a run shows: ECDSA on P-256, signed by itself, made once a process.
/// </summary>
internal static class BenchCertificate
{
    private static readonly Lazy<(string Certificate, string Key)> Pair = new(Make);

    public static string CertificatePem => Pair.Value.Certificate;

    public static string KeyPem => Pair.Value.Key;

    /// <summary>Writes <c>bench.crt</c>, <c>bench.key</c>, and both as <c>bench.pem</c>.</summary>
    public static void Write(string directory)
    {
        File.WriteAllText(Path.Combine(directory, "bench.crt"), CertificatePem);
        File.WriteAllText(Path.Combine(directory, "bench.key"), KeyPem);
        File.WriteAllText(Path.Combine(directory, "bench.pem"), CertificatePem + KeyPem);
    }

    private static (string Certificate, string Key) Make()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={BenchHosts.Plain}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(BenchHosts.Plain);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(90));
        return (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
