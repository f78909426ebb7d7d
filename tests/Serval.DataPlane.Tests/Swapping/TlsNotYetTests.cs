using Microsoft.Extensions.Logging.Abstractions;
using Serval.Config.Model;
using Serval.DataPlane.Tests.Workers;

namespace Serval.DataPlane.Tests.Swapping;

public sealed class TlsNotYetTests
{
    [Fact]
    public async Task What_wants_TLS_is_refused_rather_than_served_in_clear_text()
    {
        await using Router router = Router.Start(
            new RouterOptions { Workers = 1 }, NullLoggerFactory.Instance);
        Snapshot clear = AllocationGateTests.SnapshotOf(SwapUnderLoadTests.FreePort(), 8_080, []);
        Snapshot secret = clear with
        {
            Listeners =
            [
                clear.Listeners[0] with
                {
                    Protocol = ListenerProtocol.Https,
                    Tls = new ListenerTls { Certificates = ["ns/cert"] },
                },
            ],
            Clusters =
            [
                clear.Clusters[0] with { Tls = new() { Hostname = "a", UsesSystemAuthorities = true } },
            ],
            Certificates = [new Certificate { Name = "ns/cert", Digest = new string('a', 64) }],
        };
        ApplyResult result = router.Apply(secret);
        Assert.False(result.IsAccepted);
        Assert.Equal(["protocol", "tls"], result.Findings.Select(finding => finding.Field));
        Assert.True(router.Apply(clear).IsAccepted);
    }
}
