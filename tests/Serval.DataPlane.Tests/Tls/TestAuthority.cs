using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serval.Config.Model;
using Serval.Config.Secrets;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>An authority that issues what these tests show and trust.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow().AddDays(-10);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private int _serial;

    public TestAuthority(string name = "test")
    {
        CertificateRequest request = new($"CN={name} {Guid.NewGuid():N}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        _certificate = request.CreateSelfSigned(Start, Start.AddYears(1));
        Name = name;
    }

    public string Name { get; }

    public string Pem => _certificate.ExportCertificatePem();

    public string KeyPem => _key.ExportPkcs8PrivateKeyPem();

    public X509Certificate2 Certificate => _certificate;

    /// <summary>The authority as snapshots name it.</summary>
    public Authority Model => new(Name, Pem);

    /// <summary>
    /// A key pair for some names, of either kind of key; without a purpose, for all of them.
    /// </summary>
    public IssuedPair Issue(
        string name, IReadOnlyList<string> dnsNames, bool isRsa = false, bool isExpired = false,
        IReadOnlyList<string>? uris = null, string? subject = null, bool isChallenge = false,
        string? purpose = null)
    {
        using RSA? rsa = isRsa ? RSA.Create(2048) : null;
        using ECDsa? ecdsa = isRsa ? null : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X500DistinguishedName subjectName = new(subject ?? $"CN={name}");
        CertificateRequest request = rsa is not null
            ? new(subjectName, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new(subjectName, ecdsa!, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        foreach (string dns in dnsNames) names.AddDnsName(dns);
        foreach (string uri in uris ?? []) names.AddUri(new Uri(uri));
        if (dnsNames.Count + (uris?.Count ?? 0) > 0) request.CertificateExtensions.Add(names.Build());
        if (purpose is not null)
            request.CertificateExtensions.Add(
                new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        if (isChallenge)
            request.CertificateExtensions.Add(new X509Extension(
                "1.3.6.1.5.5.7.1.31", [4, 32, .. SHA256.HashData([])], critical: true));
        byte[] serial = [1, (byte)(++_serial >> 8), (byte)_serial];
        using X509Certificate2 issued = request.Create(
            _certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), Start,
            isExpired ? Start.AddDays(5) : Start.AddDays(90), serial);
        string chain = issued.ExportCertificatePem() + "\n" + Pem + "\n";
        string key = (rsa?.ExportPkcs8PrivateKeyPem() ?? ecdsa!.ExportPkcs8PrivateKeyPem()) + "\n";
        string digest = KeyPair.DigestOf(
            [issued.RawData, _certificate.RawData], issued.PublicKey.ExportSubjectPublicKeyInfo(), []);
        return new IssuedPair(
            new Certificate
            {
                Name = name,
                Digest = digest,
                Names = [.. dnsNames.Order(StringComparer.Ordinal)],
                NotAfterMs = new DateTimeOffset(issued.NotAfter).ToUnixTimeMilliseconds(),
            },
            chain, key, Convert.ToHexStringLower(SHA256.HashData(issued.RawData)));
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
