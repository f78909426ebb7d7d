using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serval.Kubernetes.Tests.Harness;

/// <summary>A certificate authority of one test run, and what it signs.</summary>
internal sealed class TestCertificates
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    public TestCertificates()
    {
        CertificateRequest request = new("CN=serval-test-ca", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(
                X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(
            new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _authority = request.CreateSelfSigned(Start, End);
    }

    public X509Certificate2 Authority => _authority;

    public string AuthorityPem => _authority.ExportCertificatePem();

    private static DateTimeOffset Start => TimeProvider.System.GetUtcNow().AddHours(-1);

    private static DateTimeOffset End => TimeProvider.System.GetUtcNow().AddDays(1);

    /// <summary>A certificate of a server on loopback.</summary>
    public (string Certificate, string Key) SignServer() => Sign("CN=localhost");

    /// <summary>A client certificate; Kubernetes reads user and group from it.</summary>
    public (string Certificate, string Key) SignClient(string user, string group) =>
        Sign($"O={group}, CN={user}");

    private (string Certificate, string Key) Sign(string subject)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        byte[] serial = RandomNumberGenerator.GetBytes(12);
        using X509Certificate2 certificate = request.Create(
            _authority.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), Start, End.AddHours(-1),
                serial);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
