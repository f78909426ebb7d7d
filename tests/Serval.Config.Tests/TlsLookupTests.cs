using System.Text;
using Serval.Config.Compiling;
using Serval.Config.Model;

namespace Serval.Config.Tests;

public sealed class TlsLookupTests
{
    [Theory]
    [InlineData("db.example", "pass", "ns/db")]
    [InlineData("a.db.example", "wild", "ns/wild")]
    [InlineData("x.a.db.example", "wild", "ns/deep")]
    [InlineData("www.example", "https", null)]
    [InlineData("other.test", "any", "ns/any")]
    [InlineData("", "any", "ns/any")]
    public void A_server_name_finds_listener_and_route_by_the_most_specific_hostname(
        string name, string listener, string? route)
    {
        Snapshot snapshot = TlsSample.Full() with
        {
            Listeners =
            [
                TlsSample.Passthrough("pass", "db.example"),
                TlsSample.Passthrough("wild", "*.db.example"),
                TlsSample.Https("https", "www.example"),
                TlsSample.Passthrough("any"),
            ],
            TlsRoutes =
            [
                TlsSample.Route("ns/any", "any"),
                TlsSample.Route("ns/db", "pass", "db.example"),
                TlsSample.Route("ns/deep", "wild", "*.a.db.example"),
                TlsSample.Route("ns/wild", "wild"),
            ],
        };
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(snapshot);
        byte[] host = Encoding.ASCII.GetBytes(name);
        ListenerHit found = compiled.FindListener(compiled.FindGroup("", 443), host);
        Assert.Equal(listener, snapshot.Listeners[found.Index].Name);
        TlsRouteHit hit = compiled.FindTlsRoute(found, host);
        Assert.Equal(route, hit.RouteIndex < 0 ? null : snapshot.TlsRoutes[hit.RouteIndex].Name);
        if (route is not null)
            Assert.Equal(1, compiled.Backends(compiled.Rule(hit.RuleId).Backends).Length);
    }

    [Fact]
    public void Of_two_routes_with_one_name_the_older_counts_then_the_first_by_name()
    {
        TlsRoute[] routes =
        [
            TlsSample.Route("ns/a", "pass", "db.example") with { CreatedAtMs = 2 },
            TlsSample.Route("ns/c", "pass", "db.example") with { CreatedAtMs = 1 },
            TlsSample.Route("ns/b", "pass", "db.example") with { CreatedAtMs = 1 },
        ];
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(
            TlsSample.Full() with { TlsRoutes = [.. routes] });
        ListenerHit found = compiled.FindListener(compiled.FindGroup("", 443), "db.example"u8);
        Assert.Equal(2, compiled.FindTlsRoute(found, "db.example"u8).RouteIndex);
        Assert.Equal(TlsRouteHit.None, compiled.FindTlsRoute(ListenerHit.None, "db.example"u8));
    }

    [Fact]
    public void Patched_tables_keep_the_TLS_routes()
    {
        Snapshot start = TlsSample.Full() with
        {
            Routes = [Sample.Route("r", []) with { Attachments = [new() { Listener = "https" }] }],
        };
        Validating.ValidSnapshot known = Validating.ValidSnapshot.TryCreate(start, null, out _)!;
        Snapshot end = start with
        {
            Version = "2",
            Routes = [start.Routes[0] with { Rules = [new HttpRule()] }],
        };
        using CompiledSnapshot before = CompiledSnapshot.Compile(known);
        using CompiledSnapshot after = CompiledSnapshot.Compile(
            Validating.ValidSnapshot.TryCreate(end, known, out _)!, before);
        Assert.True(after.IsPatched);
        ListenerHit found = after.FindListener(after.FindGroup("", 443), "db.example"u8);
        Assert.Equal(0, after.FindTlsRoute(found, "db.example"u8).RouteIndex);
    }
}
