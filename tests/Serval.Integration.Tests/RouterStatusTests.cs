using System.Text.Json;
using Serval.CommandLine.Printing;
using Serval.CommandLine.Roles;
using Serval.Config.Model;

namespace Serval.Integration.Tests;

/// <summary>What the status page and the verdict say of a snapshot.</summary>
public sealed class RouterStatusTests
{
    private static readonly Snapshot Both = new()
    {
        Version = "1",
        Listeners = [new Listener { Name = "web", Port = 443, Protocol = ListenerProtocol.Tls }],
        Routes = [new HttpRoute { Name = "t/same", Attachments = [new Attachment { Listener = "web" }] }],
        TlsRoutes =
        [
            new TlsRoute
            {
                Name = "t/same",
                Attachments = [new Attachment { Listener = "web", Hostnames = ["a.example"] }],
                Backends = [new WeightedCluster { Cluster = "far", Weight = 1 }],
            },
        ],
    };

    [Fact]
    public void TLSRoutes_are_counted_and_shown_beside_HTTPRoutes()
    {
        RouterStatus status = new("router", () => Both, () => [], () => null, null);
        JsonElement page = JsonDocument.Parse(status.Write()).RootElement;
        Assert.Equal(2, page.GetProperty("listeners")[0].GetProperty("routes").GetInt32());
        JsonElement route = page.GetProperty("routes")[1];
        Assert.Equal("TLSRoute", route.GetProperty("kind").GetString());
        Assert.Equal("a.example", route.GetProperty("hostnames")[0].GetString());
        Assert.Equal("far", route.GetProperty("clusters")[0].GetString());
    }

    [Fact]
    public void TLSRoutes_are_counted_in_the_verdict() =>
        Assert.Contains("1 route, 1 TLS route, ", Verdict.Text(Both, []), StringComparison.Ordinal);
}
