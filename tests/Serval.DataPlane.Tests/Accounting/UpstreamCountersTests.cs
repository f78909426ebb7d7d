using Serval.DataPlane.Accounting;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Tests.Accounting;

public sealed class UpstreamCountersTests
{
    [Fact]
    public void Every_count_has_a_place_of_its_own_in_the_row_of_its_series()
    {
        UpstreamCounters counters = new(series: 2);
        counters.Enter(1);
        counters.Enter(1);
        counters.Leave(1);
        for (int i = 0; i < 2; i++) counters.Connect(1);
        counters.Answer(1, status: 404, microseconds: 70);
        for (int kind = 0; kind < ConnectFailures.Count; kind++)
        {
            for (int i = 0; i <= kind; i++) counters.FailConnect(1, (ConnectFailure)kind);
        }

        counters.Answer(1, status: 999, microseconds: long.MaxValue / 2);
        Assert.Equal(1, counters.ReadInFlight(1));
        Assert.Equal(2, counters.ReadConnects(1));
        Assert.Equal([0, 0, 0, 1, 1], Statuses(counters, 1));
        Assert.Equal(1, counters.ReadLatency(1, LatencyBuckets.IndexOf(70)));
        Assert.Equal(1, counters.ReadLatency(1, LatencyBuckets.Count - 1));
        Assert.Equal(70 + (long.MaxValue / 2), counters.ReadLatencySum(1));
        for (int kind = 0; kind < ConnectFailures.Count; kind++)
            Assert.Equal(kind + 1, counters.ReadConnectFailures(1, (ConnectFailure)kind));
        foreach (int other in (int[])[0, 2])
        {
            Assert.Equal(0, counters.ReadInFlight(other) + counters.ReadConnects(other)
                + counters.ReadLatencySum(other) + Statuses(counters, other).Sum()
                + Enumerable.Range(0, LatencyBuckets.Count).Sum(i => counters.ReadLatency(other, i))
                + Enum.GetValues<ConnectFailure>().Sum(kind => counters.ReadConnectFailures(other, kind)));
        }

        counters.Connect(2);
        counters.Clear(1);
        Assert.Equal((0, 1), (counters.ReadConnects(1), counters.ReadConnects(2)));
    }

    [Fact]
    public void An_exchange_without_a_status_or_a_head_counts_neither()
    {
        UpstreamCounters counters = new(series: 0);
        counters.Answer(0, status: 0, microseconds: -1);
        Assert.Equal(0, Statuses(counters, 0).Sum() + counters.ReadLatencySum(0));
        Assert.Equal(0, Enumerable.Range(0, LatencyBuckets.Count).Sum(i => counters.ReadLatency(0, i)));
    }

    [Theory]
    [InlineData(Errno.Connrefused, "refused")]
    [InlineData(Errno.Timedout, "timed-out")]
    [InlineData(Errno.Connreset, "reset")]
    [InlineData(Errno.Connaborted, "reset")]
    [InlineData(Errno.Netunreach, "unreachable")]
    [InlineData(Errno.Hostunreach, "unreachable")]
    [InlineData(Errno.Proto, "tls")]
    [InlineData(Errno.Mfile, "other")]
    [InlineData(0, "other")]
    public void An_errno_belongs_to_one_kind(int errno, string kind) =>
        Assert.Equal(kind, ConnectFailures.Text(ConnectFailures.KindOf(errno)));

    private static long[] Statuses(UpstreamCounters counters, int row) =>
        [.. Enumerable.Range(0, WorkerCounters.StatusClasses).Select(i => counters.ReadStatus(row, i))];
}
