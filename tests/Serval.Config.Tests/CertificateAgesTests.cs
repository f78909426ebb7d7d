using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Tests;

public sealed class CertificateAgesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(15, null, null)]
    [InlineData(14, Severity.Warning, "ExpiresSoon")]
    [InlineData(1, Severity.Warning, "ExpiresSoon")]
    [InlineData(0, Severity.Error, "Expired")]
    [InlineData(-400, Severity.Error, "Expired")]
    public void A_certificate_is_told_of_from_fourteen_days_before_its_end(
        int daysLeft, Severity? severity, string? reason)
    {
        Finding? finding = CertificateAges.Find(
            Ending(Now.AddDays(daysLeft).ToUnixTimeMilliseconds()), Now).SingleOrDefault();
        Assert.Equal((severity, reason), (finding?.Severity, finding?.Reason));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(0, true)]
    [InlineData(-1, true)]
    public void An_OCSP_response_is_told_of_once_it_is_over(int msLeft, bool isTold)
    {
        Snapshot snapshot = Ending(Now.AddDays(90).ToUnixTimeMilliseconds());
        snapshot = snapshot with
        {
            Certificates =
            [
                snapshot.Certificates[0] with
                {
                    HasOcsp = true,
                    OcspNotAfterMs = Now.ToUnixTimeMilliseconds() + msLeft,
                },
            ],
        };
        Finding? finding = CertificateAges.Find(snapshot, Now).SingleOrDefault();
        Assert.Equal(
            isTold ? (Severity.Warning, "Secret ns/c", "data[tls.ocsp-staple]", "StapleExpired") : null,
            finding is null ? default((Severity, string, string, string)?)
                : (finding.Severity, finding.Subject, finding.Field, finding.Reason));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(253_402_300_799_999)]
    public void Of_an_end_that_is_not_known_or_the_last_there_is_nothing_is_told(long notAfterMs) =>
        Assert.Empty(CertificateAges.Find(Ending(notAfterMs), Now));

    private static Snapshot Ending(long notAfterMs) => new()
    {
        Version = "1",
        Certificates = [new Certificate { Name = "ns/c", Digest = "d", NotAfterMs = notAfterMs }],
    };
}
