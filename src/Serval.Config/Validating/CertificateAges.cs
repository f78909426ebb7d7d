using System.Globalization;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Which certificates have expired or will soon. Pure.</summary>
public static class CertificateAges
{
    /// <summary>The reason of one that has expired.</summary>
    public const string Expired = "Expired";

    /// <summary>The reason of one that will soon.</summary>
    public const string ExpiresSoon = "ExpiresSoon";

    /// <summary>How long before its end a certificate is worth a warning.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <summary>An error for each that has expired, a warning for each that will within 14 days.</summary>
    public static IEnumerable<Finding> Find(Snapshot snapshot, DateTimeOffset now)
    {
        foreach (Certificate certificate in snapshot.Certificates)
        {
            if (certificate.NotAfterMs == 0)
                continue; // It is not known.
            DateTimeOffset end = DateTimeOffset.FromUnixTimeMilliseconds(certificate.NotAfterMs);
            if (end - now > Soon)
                continue;
            string when = end.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
            yield return end <= now
                ? new Finding(
                    Severity.Error, $"Secret {certificate.Name}", "data[tls.crt]", Expired,
                    $"The certificate expired on {when}: clients refuse it; renew it.")
                : new Finding(
                    Severity.Warning, $"Secret {certificate.Name}", "data[tls.crt]", ExpiresSoon,
                    $"The certificate expires on {when}; renew it.");
        }
    }
}
