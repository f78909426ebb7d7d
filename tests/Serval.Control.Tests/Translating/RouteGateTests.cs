using System.Globalization;
using System.Text;
using Serval.Config.Validating;
using Serval.Control.Reporting;

namespace Serval.Control.Tests.Translating;

public sealed class RouteGateTests
{
    [Fact]
    public void A_route_beyond_a_bound_of_the_snapshot_is_refused_and_the_others_stay()
    {
        StringBuilder yaml = new(Objects.ClassAndGateway);
        StringBuilder parents = new();
        for (int gateway = 0; gateway < 5; gateway++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $$"""
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: wide-{{gateway}}}
                spec:
                  gatewayClassName: serval
                  listeners:

                """);
            for (int i = 0; i < 64; i++)
            {
                yaml.Append(CultureInfo.InvariantCulture,
                    $"  - {{name: l{i}, port: {1000 + gateway * 64 + i}, protocol: HTTP}}\n");
            }
            parents.Append(CultureInfo.InvariantCulture, $"{{name: wide-{gateway}}}, ");
        }
        string wide = Objects.Route("wide", "wide.example")
            .Replace("[{name: edge}]", $"[{parents}]", StringComparison.Ordinal);
        yaml.Append("---\n").Append(wide).Append("---\n").Append(Objects.Route("narrow", "narrow.example"));

        using TempFolder folder = new();
        folder.Write("a.yaml", yaml.ToString());
        Translation translation = new FileProvider(folder.Root).Load();
        Assert.Empty(SnapshotValidator.Validate(translation.Snapshot));
        Assert.Equal("narrow.example", translation.Hostnames());
        Assert.Equal("UnsupportedValue", translation.Reasons());
        RouteParentStatus parent =
            translation.Status.Routes.Single(route => route.Name == "wide").Parents[0];
        Assert.Equal(ConditionStatus.False, parent.Conditions[0].Status);
        Assert.Equal("UnsupportedValue", parent.Conditions[0].Reason);
        Assert.Equal(0, translation.Status.Gateways.ElementAt(1).Listeners[0].AttachedRoutes);
    }
}
