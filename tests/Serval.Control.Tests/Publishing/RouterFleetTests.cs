using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
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

    // Nothing listens there: what is looked at is who is asked, not what they say.
    private static RouterEndpoint Router(int number) => new(
        string.Create(CultureInfo.InvariantCulture, $"r{number:00000}"), new Uri("http://127.0.0.1:1"), null,
        IsReady: true);
}
