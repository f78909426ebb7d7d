using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serval.Common.Addressing;
using Serval.Config;
using Serval.Control.Admitting;

namespace Serval.Control.Certificates;

/// <summary>The names that a certificate is for.</summary>
internal static class CertificateNames
{
    private const string SubjectAlternativeNames = "2.5.29.17";

    /// <summary>
    /// Its DNS names and IP addresses that are well formed, lower case, sorted. A certificate without any is
    /// for the common name of its subject; clients of today do not look there, but people do.
    /// </summary>
    public static ImmutableArray<string> Of(X509Certificate2 certificate)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (extension.Oid?.Value == SubjectAlternativeNames)
                AddAll(extension, names);
        }
        if (names.Count == 0)
            AddName(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), names);
        return [.. names.Take(ConfigLimits.NamesPerCertificate)];
    }

    private static void AddAll(X509Extension extension, SortedSet<string> names)
    {
        try
        {
            X509SubjectAlternativeNameExtension parsed = new(extension.RawData, extension.Critical);
            foreach (string name in parsed.EnumerateDnsNames())
                AddName(name, names);
            // An IPv4 address in the form of IPv6 is no address that a client can ask for.
            foreach (IPAddress address in parsed.EnumerateIPAddresses())
            {
                if (address.ToString() is var text && IpLiteral.IsCanonical(text))
                    names.Add(text);
            }
        }
        catch (CryptographicException)
        {
            // A certificate with names that cannot be read is for none.
        }
    }

    private static void AddName(string name, SortedSet<string> names)
    {
        string lower = name.ToLowerInvariant();
        if (Names.IsHostname(lower))
            names.Add(lower);
    }
}
