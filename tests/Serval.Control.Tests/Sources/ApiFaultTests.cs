using System.Net;
using System.Text;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Api;
using Serval.Control.Kubernetes.Watching;

namespace Serval.Control.Tests.Sources;

public sealed class ApiFaultTests
{
    // No timer takes more than 49 days: a watch that waited for longer would end for good.
    [Theory]
    [InlineData(5, 5_000)]
    [InlineData(int.MaxValue, KubernetesLimits.RetryAfterMaxMs)]
    public void A_pause_that_a_status_asks_for_is_bounded(int seconds, int expectedMs)
    {
        ApiFault fault = ApiFault.Read(
            HttpStatusCode.TooManyRequests,
            Encoding.UTF8.GetBytes($$"""{"code":429,"details":{"retryAfterSeconds":{{seconds}} } }"""),
            retryAfter: null);
        Assert.Equal(expectedMs, fault.RetryAfter!.Value.TotalMilliseconds);
        TimeSpan pause = new Backoff(TimeProvider.System, new Random(1)).Next(fault.RetryAfter);
        Assert.InRange(pause.TotalMilliseconds, expectedMs, KubernetesLimits.RetryAfterMaxMs * 1.25);
    }
}
