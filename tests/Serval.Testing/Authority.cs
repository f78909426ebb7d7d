using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serval.Testing;

/// <summary>A certificate authority that writes what it signs into a folder, as PEM.</summary>
internal sealed class Authority : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow().AddDays(-10);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _folder;
    private readonly string _name;
    private readonly string _chain;
    private int _serial;

    /// <summary>A root, or an authority below <paramref name="above"/>.</summary>
    public Authority(string folder, string name, Authority? above = null)
    {
        (_folder, _name) = (folder, name);
        CertificateRequest request = new($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using X509Certificate2 made = above is null
            ? request.CreateSelfSigned(Start, Start.AddYears(1))
            : request.Create(above.Certificate, Start, Start.AddMonths(6), [7]);
        Certificate = above is null
            ? X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null)
            : made.CopyWithPrivateKey(_key);
        _chain = above is null ? "" : Pem + "\n" + above._chain;
        File = Write($"{name}.pem", Pem);
    }

    /// <summary>The file of its own certificate.</summary>
    public string File { get; }

    /// <summary>Its own certificate, with the key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Its own certificate.</summary>
    public string Pem => Certificate.ExportCertificatePem();

    /// <summary>A certificate for 127.0.0.1 and localhost.</summary>
    public IssuedFiles IssueServer() => Issue(NextStem(), "CN=localhost", [ServerUse], Local);

    /// <summary>A certificate for a client; one that is over when <paramref name="isExpired"/>.</summary>
    public IssuedFiles IssueClient(
        string subject, Action<SubjectAlternativeNameBuilder>? names = null, bool isExpired = false) =>
        Issue(NextStem(), subject, [ClientUse], names, isExpired);

    /// <summary>A certificate of a client's name that is meant for servers.</summary>
    public IssuedFiles IssueForWrongUse(string subject) => Issue(NextStem(), subject, [ServerUse], null);

    /// <summary>
    /// NAME.crt and NAME.key, in place of those that are there, for 127.0.0.1 and NAME; usable on both sides
    /// of a connection.
    /// </summary>
    public IssuedFiles IssueBoth(string name) => Issue(name, $"CN={name}", [ServerUse, ClientUse], names =>
    {
        Local(names);
        names.AddDnsName(name);
    });

    /// <summary>Signs what somebody asks for: DNS names, and whether clients may show it too.</summary>
    public IssuedFiles IssueFor(IReadOnlyList<string> dnsNames, bool isForClients) => Issue(
        NextStem(), "", isForClients ? [ServerUse, ClientUse] : [ServerUse], names =>
        {
            foreach (string name in dnsNames)
                names.AddDnsName(name);
        });

    /// <summary>Whether it signed a certificate.</summary>
    public bool Signed(X509Certificate? certificate) => certificate?.Issuer == Certificate.Subject;

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private static void Local(SubjectAlternativeNameBuilder names)
    {
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
    }

    private string NextStem() => string.Create(CultureInfo.InvariantCulture, $"{_name}-{_serial + 1}");

    private IssuedFiles Issue(
        string stem, string subject, string[] uses, Action<SubjectAlternativeNameBuilder>? addNames,
        bool isExpired = false)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([.. uses.Select(use => new Oid(use))], critical: false));
        if (addNames is not null)
        {
            SubjectAlternativeNameBuilder names = new();
            addNames(names);
            // RFC 5280 §4.2.1.6: critical where nothing else says whose it is.
            request.CertificateExtensions.Add(names.Build(critical: subject.Length == 0));
        }

        byte[] serial = [1, (byte)(++_serial >> 8), (byte)_serial];
        using X509Certificate2 issued = request.Create(
            Certificate, Start, isExpired ? Start.AddDays(5) : Start.AddDays(90), serial);
        string keyFile = Write($"{stem}.key", key.ExportPkcs8PrivateKeyPem());
        return new IssuedFiles(
            Write($"{stem}.crt", issued.ExportCertificatePem() + "\n" + _chain), keyFile);
    }

    // At once, as Kubernetes does it: beside, then renamed.
    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name), beside = path + ".tmp";
        System.IO.File.WriteAllText(beside, text);
        System.IO.File.Move(beside, path, overwrite: true);
        return path;
    }
}
