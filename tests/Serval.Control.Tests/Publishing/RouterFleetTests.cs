using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Config.Model;
using Serval.Control.Publishing;

namespace Serval.Control.Tests.Publishing;

public sealed class RouterFleetTests
{
    [Fact]
    public async Task Routers_beyond_the_bound_are_left_out_and_come_in_when_others_go()
    {
        await using RouterFleet fleet = new(
            new RouterAccess(), () => (true, 1), new ManualTime(), NullLogger.Instance);
        RouterEndpoint[] all = [.. Enumerable.Range(0, PublishingLimits.RoutersMax + 1).Select(Router)];
        await fleet.UpdateAsync([.. all, all[0]]);
        Assert.Equal(1, fleet.State.LeftOut);
        Assert.Equal(
            all[..^1].Select(router => router.Name), fleet.State.Routers.Select(one => one.Endpoint.Name));

        await fleet.UpdateAsync([.. all[1..]]);
        Assert.Equal(0, fleet.State.LeftOut);
        Assert.Equal(all[^1].Name, fleet.State.Routers[^1].Endpoint.Name);
    }

    [Fact]
    public async Task A_router_that_comes_back_with_another_address_gets_the_whole_there()
    {
        await using ScriptedRouter before = new(), after = new();
        await using RouterFleet fleet = new(
            new RouterAccess(), () => (true, 1), new ManualTime(), NullLogger.Instance);
        fleet.Offer(new Snapshot { Version = "one" }, sequence: 1, generation: 1, []);
        await fleet.UpdateAsync([Router(1) with { Address = before.Address }]);
        await before.NextAsync("GET /findings");
        await before.NextAsync("PUT /config");

        await fleet.UpdateAsync([Router(1) with { Address = after.Address }]);
        Assert.Equal(after.Address, Assert.Single(fleet.State.Routers).Endpoint.Address);
        await after.NextAsync("GET /findings");
        Assert.DoesNotContain("baseVersion", await after.NextAsync("PUT /config"), StringComparison.Ordinal);
    }

    // Nothing listens there: what is looked at is who is asked, not what they say.
    private static RouterEndpoint Router(int number) => new(
        string.Create(CultureInfo.InvariantCulture, $"r{number:00000}"), new Uri("http://127.0.0.1:1"), null,
        IsReady: true);
}
