using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Tests.Workers;

namespace Serval.DataPlane.Tests.Swapping;

public sealed class TimeoutNoticeTests
{
    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(60_000, 60_000, false)]
    [InlineData(60_001, 0, true)]
    [InlineData(0, 60_001, true)]
    [InlineData(HttpRule.NoTimeout, 0, true)]
    [InlineData(0, HttpRule.NoTimeout, true)]
    public void A_rule_that_waits_longer_than_the_router_is_told_what_still_applies(
        int requestMs, int backendMs, bool isTold)
    {
        Snapshot snapshot = AllocationGateTests.SnapshotOf(80, 8_080, []);
        HttpRule rule = snapshot.Routes[0].Rules[0] with
        {
            RequestTimeoutMs = requestMs,
            BackendRequestTimeoutMs = backendMs,
        };
        snapshot = snapshot with { Routes = [snapshot.Routes[0] with { Rules = [rule] }] };
        Finding? notice = TimeoutNotice.Of(snapshot, new Timeouts());
        Assert.Equal(isTold, notice is not null);
        if (!isTold) return;
        Assert.Equal(Severity.Notice, notice!.Severity);
        Assert.Contains("r rules[0]", notice.ToString(), StringComparison.Ordinal);
    }
}
