using System.Globalization;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Reporting;

namespace Serval.Control.Certificates;

/// <summary>Which certificates have expired or will soon. Pure.</summary>
internal static class CertificateAges
{
    /// <summary>How long before its end a certificate is worth a warning.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <summary>An error for each that has expired, a warning for each that will within 14 days.</summary>
    public static IEnumerable<Finding> Find(Snapshot snapshot, DateTimeOffset now)
    {
        foreach (Certificate certificate in snapshot.Certificates)
        {
            DateTimeOffset end = DateTimeOffset.FromUnixTimeMilliseconds(certificate.NotAfterMs);
            if (end - now > Soon)
                continue;
            string when = end.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
            yield return end <= now
                ? new Finding(
                    Severity.Error, $"Secret {certificate.Name}", "data[tls.crt]", Reason.Expired,
                    $"The certificate expired on {when}: clients refuse it; renew it.")
                : new Finding(
                    Severity.Warning, $"Secret {certificate.Name}", "data[tls.crt]", Reason.ExpiresSoon,
                    $"The certificate expires on {when}; renew it.");
        }
    }
}
