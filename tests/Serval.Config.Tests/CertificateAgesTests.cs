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
