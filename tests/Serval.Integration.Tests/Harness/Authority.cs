using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serval.Integration.Tests.Harness;

/// <summary>A certificate authority of one test. What it signs is written into a folder, as PEM.</summary>
internal sealed class Authority : IDisposable
{
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = From.AddYears(50);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private long _serial;

    public Authority(Folder folder, string name)
    {
        CertificateRequest request = new($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _certificate = request.CreateSelfSigned(From, Until);
        folder.Write($"{name}.crt", _certificate.ExportCertificatePem());
        Path = System.IO.Path.Combine(folder.Root, $"{name}.crt");
    }

    /// <summary>The file of its own certificate.</summary>
    public string Path { get; }

    /// <summary>Writes NAME.crt and NAME.key for 127.0.0.1; usable on both sides of a connection.</summary>
    public (string Certificate, string Key) Sign(Folder folder, string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using X509Certificate2 signed = request.Create(
            _certificate, From, Until, BitConverter.GetBytes(++_serial));
        folder.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem());
        folder.Write($"{name}.crt", signed.ExportCertificatePem());
        return (System.IO.Path.Combine(folder.Root, $"{name}.crt"),
            System.IO.Path.Combine(folder.Root, $"{name}.key"));
    }

    /// <summary>Whether it signed a certificate.</summary>
    public bool Signed(X509Certificate? certificate) => certificate?.Issuer == _certificate.Subject;

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
