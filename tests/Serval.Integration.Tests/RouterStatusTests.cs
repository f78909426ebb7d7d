using System.Globalization;
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
    public void Endpoints_are_named_as_they_are_connected_to_and_fallbacks_are_told_apart()
    {
        Snapshot snapshot = new()
        {
            Version = "1",
            Clusters = [new Cluster { Name = "c" }],
            EndpointSets =
            [
                new EndpointSet("c", [new Endpoint("2001:db8::1", 80)])
                {
                    Fallback = [new Endpoint("192.0.2.1", 81)],
                },
            ],
        };
        Assert.Equal(
            ["[2001:db8::1]:80 False", "192.0.2.1:81 True"],
            PageOf(snapshot).GetProperty("clusters")[0].GetProperty("endpoints").EnumerateArray()
                .Select(one => $"{one.GetProperty("address")} {one.GetProperty("isFallback")}"));
    }

    [Theory]
    [InlineData("listeners")]
    [InlineData("routes")]
    [InlineData("clusters")]
    public void More_objects_than_are_listed_are_told_to_be_more(string kind)
    {
        foreach (int more in (int[])[0, 1])
        {
            JsonElement page = PageOf(Many(kind, RouterStatus.ObjectsMax + more));
            Assert.Equal(RouterStatus.ObjectsMax, page.GetProperty(kind).GetArrayLength());
            Assert.Equal(more > 0, page.GetProperty("isTruncated").GetBoolean());
        }
    }

    [Fact]
    public void TLSRoutes_are_counted_in_the_verdict() =>
        Assert.Contains("1 route, 1 TLS route, ", Verdict.Text(Both, []), StringComparison.Ordinal);

    private static JsonElement PageOf(Snapshot snapshot) => JsonDocument.Parse(
        new RouterStatus("router", () => snapshot, () => [], () => null, null).Write()).RootElement;

    private static Snapshot Many(string kind, int count)
    {
        IEnumerable<string> names = Enumerable.Range(0, count).Select(
            i => string.Create(CultureInfo.InvariantCulture, $"t/{i}"));
        Snapshot empty = new() { Version = "1" };
        return kind switch
        {
            "listeners" => empty with
            {
                Listeners =
                [
                    .. names.Select(name =>
                        new Listener { Name = name, Port = 80, Protocol = ListenerProtocol.Http }),
                ],
            },
            "routes" => empty with
            {
                Routes = [.. names.Select(name => new HttpRoute { Name = name, Attachments = [] })],
            },
            _ => empty with { Clusters = [.. names.Select(name => new Cluster { Name = name })] },
        };
    }
}
