using System.Text;
using Serval.Config.Model;
using Serval.Config.Wire;
using Serval.Control.Publishing;
using Authority = Serval.Config.Model.Authority;

namespace Serval.Control.Tests.Publishing;

/// <summary>A delta leads from one snapshot to the other, whatever they hold.</summary>
public sealed class SnapshotDifferenceTests
{
    [Fact]
    public void In_each_list_one_comes_one_goes_one_changes_and_one_stays()
    {
        (HttpRoute route, TlsRoute tls) = (new() { Name = "b" }, new() { Name = "b" });
        (Cluster cluster, EndpointSet set) = (new() { Name = "b" }, new("b", []));
        (Certificate certificate, Authority authority) = (Of("b", "1"), new("b", "1"));
        Listener listener = On("b", 1);
        Snapshot start = new()
        {
            Version = "start",
            Listeners = [On("a", 1), listener, On("c", 1)],
            Routes = [new() { Name = "a" }, route, new() { Name = "c" }],
            TlsRoutes = [new() { Name = "a" }, tls, new() { Name = "c" }],
            Clusters = [new() { Name = "a" }, cluster, new() { Name = "c" }],
            EndpointSets = [new("a", []), set, new("c", [])],
            Certificates = [Of("a", "1"), certificate, Of("c", "1")],
            Authorities = [new("a", "1"), authority, new("c", "1")],
        };
        Snapshot end = new()
        {
            Version = "end",
            Listeners = [listener, On("c", 2), On("d", 1)],
            Routes = [route, new() { Name = "c", CreatedAtMs = 2 }, new() { Name = "d" }],
            TlsRoutes = [tls, new() { Name = "c", CreatedAtMs = 2 }, new() { Name = "d" }],
            Clusters = [cluster, new() { Name = "c", Tls = new() { Hostname = "c" } }, new() { Name = "d" }],
            EndpointSets = [set, new("c", [new("10.0.0.1", 80)]), new("d", [])],
            Certificates = [certificate, Of("c", "2"), Of("d", "1")],
            Authorities = [authority, new("c", "2"), new("d", "1")],
        };
        SnapshotDelta delta = SnapshotDifference.Between(start, end);
        Assert.Equal(("start", "end"), (delta.BaseVersion, delta.Version));
        Assert.Equal(Text(end), Text(delta.ApplyTo(start)));
        Assert.Equal(Text(start), Text(SnapshotDifference.Between(end, start).ApplyTo(end)));
        // What stays is not sent.
        SnapshotChanges sent = delta.Changed;
        string[][] names =
        [
            [.. sent.Listeners.Select(one => one.Name)], [.. sent.Routes.Select(one => one.Name)],
            [.. sent.TlsRoutes.Select(one => one.Name)], [.. sent.Clusters.Select(one => one.Name)],
            [.. sent.EndpointSets.Select(one => one.Cluster)],
            [.. sent.Certificates.Select(one => one.Name)], [.. sent.Authorities.Select(one => one.Name)],
        ];
        Assert.All(names, sentOfList => Assert.Equal(["c", "d"], sentOfList));
    }

    private static Listener On(string name, int port) =>
        new() { Name = name, Port = port, Protocol = ListenerProtocol.Http };

    private static Certificate Of(string name, string digest) => new() { Name = name, Digest = digest };

    private static string Text(Snapshot snapshot) => Encoding.UTF8.GetString(SnapshotJson.Write(snapshot));
}
