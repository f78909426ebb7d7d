using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serval.Common.Access;

/// <summary>
/// Who signs the certificates of clients, and which of their names are let in. The file of authorities is
/// read again when it changes.
/// </summary>
public sealed class ClientAuthority
{
    private const string CommonNameOid = "2.5.4.3";
    private const string ClientAuthenticationOid = "1.3.6.1.5.5.7.3.2";
    private readonly FileBacked<X509Certificate2Collection> _authorities;
    private readonly HashSet<string> _names;

    /// <summary>Reads the authorities.</summary>
    /// <param name="path">PEM file of the authorities.</param>
    /// <param name="names">
    /// Names that are let in: a DNS name, URI or the common name of a certificate. Empty: every name that the
    /// authorities signed.
    /// </param>
    /// <param name="failed">Takes the reason why a renewed file could not be read.</param>
    /// <exception cref="OptionException">The file cannot be read, or holds no certificate.</exception>
    public ClientAuthority(string path, IEnumerable<string> names, Action<string> failed)
    {
        _authorities = new FileBacked<X509Certificate2Collection>(
            [path], () => PemFiles.ReadCertificates(path), failed);
        _names = new HashSet<string>(names, StringComparer.Ordinal);
    }

    /// <summary>
    /// Whether a certificate leads to our authorities and is meant for clients (RFC 5280 §6).
    /// </summary>
    public bool IsTrusted(X509Certificate2 certificate, X509Chain? presented)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities.Current);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthenticationOid));
        IEnumerable<X509ChainElement> sent = presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>();
        foreach (X509ChainElement element in sent)
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(certificate);
    }

    /// <summary>The same as a callback of a handshake; a client without a certificate passes.</summary>
    public bool MayHandshake(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors) =>
        certificate is null || (certificate is X509Certificate2 client && IsTrusted(client, presented));

    /// <summary>Whether a trusted certificate has a name that is let in.</summary>
    public bool Allows(X509Certificate2 trusted)
    {
        ArgumentNullException.ThrowIfNull(trusted);
        return _names.Count == 0 || Names(trusted).Any(_names.Contains);
    }

    private static IEnumerable<string> Names(X509Certificate2 certificate)
    {
        // Only a common name: where there is none, the simple name would be any part of the subject.
        IEnumerable<string> common = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonNameOid)
            .Select(part => part.GetSingleElementValue()).OfType<string>();
        string uri = certificate.GetNameInfo(X509NameType.UrlName, forIssuer: false);
        IEnumerable<string> dns = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames());
        return [.. common, uri, .. dns];
    }
}
