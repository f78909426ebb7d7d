using Serval.DataPlane.Accounting;

namespace Serval.DataPlane.Tests.Accounting;

public sealed class CountersTests
{
    [Fact]
    public void One_record_counts_once_everywhere_it_belongs()
    {
        WorkerCounters counters = new();
        counters.Record(listener: 2, route: 3, status: 404, Outcome.NoRoute, microseconds: 70);
        Assert.Equal(1, counters.ReadOutcome(Outcome.NoRoute));
        Assert.Equal(1, counters.ReadListener(2, 3));
        Assert.Equal(1, counters.ReadRoute(3, 3));
        Assert.Equal(1, counters.ReadLatency(2, LatencyBuckets.IndexOf(70)));
        Assert.Equal(70, counters.ReadLatencySum(2));
        Assert.Equal(0, counters.ReadListener(2, 2) + counters.ReadListener(1, 3) + counters.ReadRoute(2, 3));
    }

    [Fact]
    public void An_exchange_without_an_answer_or_a_route_counts_as_such()
    {
        WorkerCounters counters = new();
        counters.Record(
            Limits.ListenerSeries, route: -1, status: 0, Outcome.DownstreamAborted, microseconds: 0);
        counters.Record(Limits.ListenerSeries, route: -1, status: 400, Outcome.BadRequest, microseconds: 0);
        Assert.Equal(1, counters.ReadListener(Limits.ListenerSeries, 3));
        Assert.Equal(2, counters.ReadLatency(Limits.ListenerSeries, 0));
        Assert.Equal(0, counters.ReadRoute(0, 3));
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(204, 1)]
    [InlineData(599, 4)]
    [InlineData(999, 4)]
    public void Statuses_fall_into_their_class(int status, int statusClass)
    {
        WorkerCounters counters = new();
        counters.Record(0, Limits.RouteSeries, status, Outcome.Completed, 1);
        Assert.Equal(1, counters.ReadListener(0, statusClass));
        Assert.Equal(1, counters.ReadRoute(Limits.RouteSeries, statusClass));
    }

    [Fact]
    public void A_latency_falls_into_the_first_bucket_whose_bound_it_does_not_exceed()
    {
        Assert.Equal(0, LatencyBuckets.IndexOf(0));
        for (int i = 0; i < LatencyBuckets.Bounds.Length; i++)
        {
            Assert.Equal(i, LatencyBuckets.IndexOf(LatencyBuckets.Bounds[i]));
            Assert.Equal(i + 1, LatencyBuckets.IndexOf(LatencyBuckets.Bounds[i] + 1));
        }

        Assert.Equal(LatencyBuckets.Count - 1, LatencyBuckets.IndexOf(long.MaxValue));
    }

    [Fact]
    public void Names_keep_their_series_and_those_beyond_the_bound_share_the_last()
    {
        SeriesRegistry registry = new(2);
        Assert.Equal((0, 1, 2, 2), (registry.Of("a"), registry.Of("b"), registry.Of("c"), registry.Of("d")));
        Assert.Equal((0, 1), (registry.Of("a"), registry.Of("b")));
        Assert.Equal(["a", "b"], registry.Names);
    }
}
