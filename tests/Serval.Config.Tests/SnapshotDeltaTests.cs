using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Config.Wire;

namespace Serval.Config.Tests;

public sealed class SnapshotDeltaTests
{
    private static readonly SnapshotDelta Nothing = new() { BaseVersion = "1", Version = "2" };

    [Fact]
    public void What_does_not_change_stays_the_same_array()
    {
        Snapshot start = Sample.Full();
        Snapshot end = Nothing.ApplyTo(start);
        Assert.Equal("2", end.Version);
        Assert.True(end.Listeners == start.Listeners && end.Routes == start.Routes);
        Assert.True(end.Clusters == start.Clusters && end.EndpointSets == start.EndpointSets);
    }

    [Fact]
    public void What_TLS_adds_is_replaced_and_removed_by_name()
    {
        Snapshot start = TlsSample.Full();
        Snapshot end = Nothing.ApplyTo(start);
        Assert.True(end.TlsRoutes == start.TlsRoutes && end.Certificates == start.Certificates
            && end.Authorities == start.Authorities);
        Certificate renewed = start.Certificates[0] with { NotAfterMs = 1 };
        end = (Nothing with
        {
            Changed = new SnapshotChanges
            {
                Certificates = [renewed],
                Authorities = [new Authority("ns/b", TlsSample.Pem)],
                TlsRoutes = [TlsSample.Route("ns/s", "pass")],
            },
            Removed = new SnapshotRemovals
            {
                TlsRoutes = ["ns/r"],
                Certificates = ["ns/other"],
                Authorities = ["ns/ca"],
            },
        }).ApplyTo(start);
        Assert.Same(renewed, Assert.Single(end.Certificates));
        Assert.Equal("ns/b", Assert.Single(end.Authorities).Name);
        Assert.Equal("ns/s", Assert.Single(end.TlsRoutes).Name);
    }

    [Fact]
    public void Objects_are_replaced_added_and_removed_by_name()
    {
        Snapshot start = Sample.Of(
            Sample.Route("b", []), Sample.Route("d", []), Sample.Route("f", []));
        HttpRoute changed = Sample.Route("d", ["changed.example"]);
        Snapshot end = (Nothing with
        {
            Changed = new SnapshotChanges
            {
                Routes = [Sample.Route("e", []), changed, Sample.Route("a", [])],
                EndpointSets = [new EndpointSet("c", [])],
            },
            Removed = new SnapshotRemovals { Routes = ["b", "not there"], Listeners = ["web"] },
        }).ApplyTo(start);
        Assert.Equal(["a", "d", "e", "f"], end.Routes.Select(route => route.Name));
        Assert.Same(changed, end.Routes[1]);
        Assert.Same(start.Routes[2], end.Routes[3]);
        Assert.Empty(end.Listeners);
        Assert.Empty(Assert.Single(end.EndpointSets).Endpoints);
    }

    [Fact]
    public void A_replacement_is_found_whatever_the_order_of_names()
    {
        foreach (string[] names in (string[][])[["a", "b", "c"], ["c", "a", "b"], ["b", "c", "a"]])
        {
            Snapshot start = Sample.Of([.. names.Select(name => Sample.Route(name, []))]);
            HttpRoute one = Sample.Route("c", ["one.example"]);
            HttpRoute other = Sample.Route("a", ["other.example"]);
            Snapshot end = (Nothing with { Changed = new SnapshotChanges { Routes = [one, other] } })
                .ApplyTo(start);
            Assert.Equal(names, end.Routes.Select(route => route.Name));
            Assert.Same(one, end.Routes.Single(route => route.Name == "c"));
            Assert.Same(other, end.Routes.Single(route => route.Name == "a"));
            Assert.Equal(4, (Nothing with { Changed = new SnapshotChanges { Routes = [one, one] } })
                .ApplyTo(start).Routes.Length);
        }
    }

    [Fact]
    public void From_any_snapshot_to_any_other() =>
        Prop.ForAll(
            Scenario.Any(), Scenario.Any(),
            (one, other) => Arrives(Sorted(one.Snapshot), other.Snapshot with { Version = "2" }))
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Nameless_and_repeated_objects_are_left_to_the_validator()
    {
        SnapshotDelta delta = Read("""
            {"baseVersion":"1","version":"2","changed":{"clusters":[null,{"name":"x"},{"name":"x"}]},
            "removed":{"clusters":[null]}}
            """)!;
        Snapshot end = delta.ApplyTo(Sample.Full());
        string[] reasons = [.. SnapshotValidator.Validate(end).Select(finding => finding.Reason)];
        Assert.Contains(Reasons.Missing, reasons);
        Assert.Contains(Reasons.Duplicate, reasons);
    }

    [Theory]
    [InlineData("{\"baseVersion\":\"1\"}")]
    [InlineData("{\"baseVersion\":\"1\",\"version\":\"2\",\"routes\":[]}")]
    [InlineData("{\"baseVersion\":\"1\",\"version\":\"2\",\"changed\":null}")]
    [InlineData("{\"version\":\"2\",\"changed\":{},\"baseVersion\":1}")]
    public void What_is_meant_as_a_delta_and_is_none_is_a_finding(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        Assert.True(SnapshotJson.IsDelta(bytes));
        Assert.Null(SnapshotJson.ReadDelta(bytes, out ImmutableArray<Finding> findings));
        Assert.Single(findings);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"version\":\"baseVersion\"}")]
    [InlineData("{\"version\":{\"baseVersion\":1}}")]
    [InlineData("{\"version\":[")]
    [InlineData("{\"version\":\"1\",\"clusters\":[],\"baseVersion\":\"1\"}")]
    public void Anything_else_is_not_meant_as_one(string json) =>
        Assert.False(SnapshotJson.IsDelta(Encoding.UTF8.GetBytes(json)));

    // Only what differs is sent, and it arrives through the wire.
    private static bool Arrives(Snapshot start, Snapshot target)
    {
        SnapshotDelta delta = new()
        {
            BaseVersion = start.Version,
            Version = target.Version,
            Changed = new SnapshotChanges
            {
                Listeners = target.Listeners,
                Routes = target.Routes,
                Clusters = target.Clusters,
                EndpointSets = target.EndpointSets,
            },
            Removed = new SnapshotRemovals
            {
                Listeners = [.. start.Listeners.Select(item => item.Name)],
                Routes = [.. start.Routes.Select(item => item.Name)],
                Clusters = [.. start.Clusters.Select(item => item.Name)],
                EndpointSets = [.. start.EndpointSets.Select(item => item.Cluster)],
            },
        };
        Snapshot end = Read(Encoding.UTF8.GetString(SnapshotJson.Write(delta)))!.ApplyTo(start);
        return Text(end) == Text(Sorted(target));
    }

    private static Snapshot Sorted(Snapshot snapshot) => snapshot with
    {
        Listeners = [.. snapshot.Listeners.OrderBy(item => item.Name, StringComparer.Ordinal)],
        Routes = [.. snapshot.Routes.OrderBy(item => item.Name, StringComparer.Ordinal)],
        Clusters = [.. snapshot.Clusters.OrderBy(item => item.Name, StringComparer.Ordinal)],
        EndpointSets = [.. snapshot.EndpointSets.OrderBy(item => item.Cluster, StringComparer.Ordinal)],
    };

    private static SnapshotDelta? Read(string json) =>
        SnapshotJson.ReadDelta(Encoding.UTF8.GetBytes(json), out _);

    private static string Text(Snapshot snapshot) => Encoding.UTF8.GetString(SnapshotJson.Write(snapshot));
}
