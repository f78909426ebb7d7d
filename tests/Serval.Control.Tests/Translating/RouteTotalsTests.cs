using Serval.Config;
using Serval.Config.Model;
using Serval.Control.Resolving;
using Serval.Control.Translating;

namespace Serval.Control.Tests.Translating;

public sealed class RouteTotalsTests
{
    [Fact]
    public void A_TLS_route_that_goes_makes_room_for_another()
    {
        RouteTotals totals = new();
        ResolvedRoute route = new()
        {
            Source = SmallObjects.Route("web", 0, "edge"),
            Parents = [],
            Clusters = [],
            Findings = [],
            TranslatedTls = new TlsRoute
            {
                Name = "web",
                Backends = [new WeightedCluster { Cluster = "c", Weight = 1 }],
            },
        };
        for (int i = 0; i < ConfigLimits.TlsRoutes; i++)
            totals.Add(route);
        Assert.Null(totals.Excess);
        totals.Add(route);
        Assert.Equal($"{ConfigLimits.TlsRoutes} TLS routes", totals.Excess);
        totals.Remove(route);
        Assert.Null(totals.Excess);
    }
}
