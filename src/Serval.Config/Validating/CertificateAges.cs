using System.Globalization;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Which certificates have expired or will soon, and which OCSP responses have. Pure.</summary>
public static class CertificateAges
{
    /// <summary>The reason of one that has expired.</summary>
    public const string Expired = "Expired";

    /// <summary>The reason of one that will soon.</summary>
    public const string ExpiresSoon = "ExpiresSoon";

    /// <summary>The reason of one whose OCSP response is over.</summary>
    public const string StapleExpired = "StapleExpired";

    /// <summary>How long before its end a certificate is worth a warning.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <summary>Whether a finding is one of these.</summary>
    public static bool IsAge(Finding finding) => finding.Reason is Expired or ExpiresSoon or StapleExpired;

    /// <summary>
    /// An error for each certificate that has expired, a warning for each that will within 14 days, and a
    /// warning for each OCSP response that is over.
    /// </summary>
    public static IEnumerable<Finding> Find(Snapshot snapshot, DateTimeOffset now)
    {
        foreach (Certificate certificate in snapshot.Certificates)
        {
            if (FindAge(certificate, now) is { } age)
                yield return age;
            if (FindStapleAge(certificate, now) is { } stapleAge)
                yield return stapleAge;
        }
    }

    private static Finding? FindAge(Certificate certificate, DateTimeOffset now)
    {
        if (certificate.NotAfterMs == 0)
            return null; // It is not known.
        DateTimeOffset end = DateTimeOffset.FromUnixTimeMilliseconds(certificate.NotAfterMs);
        if (end - now > Soon)
            return null;
        return end <= now
            ? new Finding(
                Severity.Error, $"Secret {certificate.Name}", "data[tls.crt]", Expired,
                $"The certificate expired on {TextOf(end)}: clients refuse it; renew it.")
            : new Finding(
                Severity.Warning, $"Secret {certificate.Name}", "data[tls.crt]", ExpiresSoon,
                $"The certificate expires on {TextOf(end)}; renew it.");
    }

    private static Finding? FindStapleAge(Certificate certificate, DateTimeOffset now)
    {
        if (certificate.OcspNotAfterMs == 0)
            return null; // There is none, or it is not known.
        DateTimeOffset end = DateTimeOffset.FromUnixTimeMilliseconds(certificate.OcspNotAfterMs);
        return end > now ? null : new Finding(
            Severity.Warning, $"Secret {certificate.Name}", "data[tls.ocsp-staple]", StapleExpired,
            $"The OCSP response ended on {TextOf(end)} and is not stapled; put a new one there.");
    }

    private static string TextOf(DateTimeOffset end) =>
        end.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
