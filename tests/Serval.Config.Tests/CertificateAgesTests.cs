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
        Snapshot snapshot = new()
        {
            Version = "1",
            Certificates =
            [
                new Certificate
                {
                    Name = "ns/c",
                    Digest = "d",
                    NotAfterMs = Now.AddDays(daysLeft).ToUnixTimeMilliseconds(),
                },
            ],
        };
        Finding? finding = CertificateAges.Find(snapshot, Now).SingleOrDefault();
        Assert.Equal((severity, reason), (finding?.Severity, finding?.Reason));
    }
}
