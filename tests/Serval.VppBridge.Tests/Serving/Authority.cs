using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serval.VppBridge.Tests.Serving;

/// <summary>A certificate authority that writes what it signs into a folder as PEM.</summary>
internal sealed class Authority : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow().AddDays(-10);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _own;
    private readonly string _folder;
    private readonly string _chain;
    private int _serial;

    /// <summary>A root, or an authority below <paramref name="above"/>.</summary>
    public Authority(string folder, string name, Authority? above = null)
    {
        _folder = folder;
        CertificateRequest request = new($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        using X509Certificate2 made = above is null
            ? request.CreateSelfSigned(Start, Start.AddYears(1))
            : request.Create(above._own, Start, Start.AddMonths(6), [7]);
        _own = above is null ? X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null)
            : made.CopyWithPrivateKey(_key);
        _chain = above is null ? "" : _own.ExportCertificatePem() + "\n" + above._chain;
        File = Path.Combine(folder, name + ".pem");
        System.IO.File.WriteAllText(File, _own.ExportCertificatePem());
    }

    /// <summary>The authority's own certificate.</summary>
    public string File { get; }

    /// <summary>A certificate for 127.0.0.1 and localhost.</summary>
    public IssuedFiles IssueServer() => Issue("CN=bridge", ServerUse, names =>
    {
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
    });

    /// <summary>A certificate for a client; one that is over when <paramref name="isExpired"/>.</summary>
    public IssuedFiles IssueClient(
        string subject, Action<SubjectAlternativeNameBuilder>? names = null, bool isExpired = false) =>
        Issue(subject, ClientUse, names, isExpired);

    /// <summary>A certificate of a client's name that is meant for servers.</summary>
    public IssuedFiles IssueForWrongUse(string subject) => Issue(subject, ServerUse, null);

    public void Dispose()
    {
        _own.Dispose();
        _key.Dispose();
    }

    private IssuedFiles Issue(
        string subject, string use, Action<SubjectAlternativeNameBuilder>? addNames, bool isExpired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        if (addNames is not null)
        {
            SubjectAlternativeNameBuilder names = new();
            addNames(names);
            request.CertificateExtensions.Add(names.Build());
        }

        byte[] serial = [1, (byte)++_serial];
        using X509Certificate2 issued = request.Create(
            _own, Start, isExpired ? Start.AddDays(5) : Start.AddDays(90), serial);
        string stem = Path.Combine(_folder, $"{Path.GetFileNameWithoutExtension(File)}-{_serial}");
        IssuedFiles files = new(stem + ".crt", stem + ".key");
        System.IO.File.WriteAllText(files.Certificate, issued.ExportCertificatePem() + "\n" + _chain);
        System.IO.File.WriteAllText(files.Key, key.ExportPkcs8PrivateKeyPem());
        return files;
    }
}
