using System.Security.Cryptography.X509Certificates;

namespace Serval.Control.Acme;

/// <summary>When a certificate is to be renewed. Pure.</summary>
internal static class RenewalWindow
{
    private const double Share = 2.0 / 3;
    private const double Jitter = 0.05;

    /// <summary>
    /// At two thirds of its lifetime, up to a twentieth of the lifetime earlier, so that certificates that
    /// were issued together are not renewed together.
    /// </summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="draw">0 to 1, the same for one certificate.</param>
    public static DateTimeOffset DueAt(X509Certificate2 certificate, double draw)
    {
        DateTimeOffset start = certificate.NotBefore.ToUniversalTime();
        TimeSpan lifetime = certificate.NotAfter.ToUniversalTime() - start;
        return start + (lifetime * (Share - (Jitter * draw)));
    }

    /// <summary>A point in a window that the authority suggests (RFC 9773 §4.2).</summary>
    public static DateTimeOffset DueAt(DateTimeOffset start, DateTimeOffset end, double draw) =>
        end <= start ? start : start + ((end - start) * draw);

    /// <summary>
    /// What the authority knows a certificate by (RFC 9773 §4.1): its issuer's key and its number; null for
    /// one that does not name its issuer's key.
    /// </summary>
    public static string? IdOf(X509Certificate2 certificate)
    {
        X509AuthorityKeyIdentifierExtension? issuer =
            certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault();
        if (issuer?.KeyIdentifier is not { } identifier)
            return null;
        return $"{AccountKey.Base64Url(identifier.Span)}."
            + AccountKey.Base64Url(certificate.SerialNumberBytes.Span);
    }
}
