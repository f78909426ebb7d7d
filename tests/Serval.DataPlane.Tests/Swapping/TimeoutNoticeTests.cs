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
        Finding? notice = new TimeoutNotice(new Timeouts()).Of(snapshot);
        Assert.Equal(isTold, notice is not null);
        if (!isTold) return;
        Assert.Equal(Severity.Notice, notice!.Severity);
        Assert.Contains("r rules[0]", notice.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_changes_from_one_snapshot_to_the_next_is_told_as_it_is_then()
    {
        Snapshot plain = AllocationGateTests.SnapshotOf(80, 8_080, []);
        HttpRule waits = plain.Routes[0].Rules[0] with { RequestTimeoutMs = HttpRule.NoTimeout };
        HttpRoute a = plain.Routes[0] with { Name = "a" };
        HttpRoute b = a with { Name = "b", Rules = [a.Rules[0], waits, waits] };
        HttpRoute c = a with { Name = "c", Rules = [waits] };
        HttpRoute[][] steps =
            [[a], [a, b], [a, b, c], [b, c, a], [c, a], [a with { Rules = [waits] }, c], []];
        string?[] told =
        [
            null, "2 rules (first: b rules[1])", "3 rules (first: b rules[1])", "3 rules (first: b rules[1])",
            "A rule (c rules[0]) waits", "2 rules (first: a rules[0])", null,
        ];
        TimeoutNotice notice = new(new Timeouts());
        for (int i = 0; i < steps.Length; i++)
        {
            Snapshot snapshot = plain with { Routes = [.. steps[i]] };
            string? found = notice.Of(snapshot)?.Message;
            Assert.Equal(told[i] is null, found is null);
            Assert.StartsWith(told[i] ?? "", found ?? "", StringComparison.Ordinal);
            Assert.Equal(new TimeoutNotice(new Timeouts()).Of(snapshot)?.Message, found);
        }
    }
}
