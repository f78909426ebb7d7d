using System.Text;
using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Messages;

namespace Serval.Bench.Load.Tests;

public class BenchHostsTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public void Requests_are_spread_evenly_over_all_routes(int routes)
    {
        int[] requests = new int[routes];
        for (uint id = 1; id <= 10 * routes; id++)
        {
            requests[BenchHosts.RouteOf(id, routes)]++;
        }

        Assert.InRange(requests.Min(), 5, 10);
        Assert.InRange(requests.Max(), 10, 15);
    }

    [Fact]
    public void Requests_that_follow_each_other_are_for_distant_routes()
    {
        for (uint id = 1; id < 1_000; id++)
        {
            int distance = BenchHosts.RouteOf(id, 1_000) - BenchHosts.RouteOf(id + 1, 1_000);
            Assert.True(Math.Abs(distance) > 100, $"{id}: {distance}");
        }
    }

    [Fact]
    public void A_request_carries_the_host_of_its_id()
    {
        ClientPlan plan = ClientPlan.For(new Scenario("test") { Routes = 12_345 }, default);
        foreach (uint id in new uint[] { 1, 2, 77, 4_000_000_000 })
        {
            plan.Request.PatchId(id);
            string text = Encoding.ASCII.GetString(plan.Request.Piece);
            string host = BenchHosts.Of(BenchHosts.RouteOf(id, 12_345));
            Assert.Contains($"\r\nHost: {host}\r\n", text, StringComparison.Ordinal);
            Assert.Contains($"\r\nX-Bench-Id: {id:x8}\r\n", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_routes_every_request_has_the_same_host()
    {
        ClientPlan plan = ClientPlan.For(new Scenario("test"), default);
        plan.Request.PatchId(77);
        string text = Encoding.ASCII.GetString(plan.Request.Piece);
        Assert.Contains("\r\nHost: bench.example\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_without_a_place_for_the_host_is_refused() => Assert.Throws<ArgumentException>(
        () => new OutgoingMessage("GET / HTTP/1.1\r\nHost: h1.bench.example\r\n", -1, routes: 5));

    [Fact]
    public void Requests_with_changing_hosts_are_answered_like_others()
    {
        using EventLoop loop = new();
        Faults faults = new();
        Origin origin = new(loop, faults, 0, hasManyAddresses: true);
        Scenario brief = new("test") { Connections = 4, Routes = 50, WarmUpSeconds = 0, Seconds = 0.05 };
        // The origin answers on any loopback address, as endpoints do.
        SocketAddress4 target = new(0x7f000305, origin.Port);
        RunResult result = new Driver(loop, brief, faults, ClientPlan.For(brief, target)).Run([], origin);
        Assert.Equal("", result.Faults);
        Assert.True(result.Requests > 0);
        Assert.Equal((4, 0), (result.UpstreamOpen, result.UpstreamOpened));
    }
}
