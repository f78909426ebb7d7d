using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Wire;

namespace Serval.Config.Tests;

public sealed class SnapshotComparisonTests
{
    private static readonly Snapshot Start = Sample.Full() with
    {
        TlsRoutes = TlsSample.Full().TlsRoutes,
        Certificates = TlsSample.Full().Certificates,
        Authorities = TlsSample.Full().Authorities,
    };

    [Fact]
    public void What_says_the_same_does_not_differ_whatever_the_version()
    {
        Snapshot same = SnapshotJson.Read(SnapshotJson.Write(Start), out _)!;
        Assert.Empty(SnapshotComparison.Between(Start, same));
        Assert.True(SnapshotComparison.AreEqual(Start, same));
        Assert.Empty(SnapshotComparison.Between(Start, same with { Version = "other" }));
        Assert.False(SnapshotComparison.AreEqual(Start, same with { Version = "other" }));
    }

    public static TheoryData<ObjectKind, string, Snapshot> Changes() => new()
    {
        { ObjectKind.Listener, "web", Start with { Listeners = [Start.Listeners[0] with { Port = 1 }] } },
        { ObjectKind.Route, "ns/r", Start with { Routes = [Start.Routes[0] with { CreatedAtMs = 1 }] } },
        { ObjectKind.Cluster, "c", Start with { Clusters = [new Cluster { Name = "c" }] } },
        { ObjectKind.Endpoints, "c", Start with { EndpointSets = [new EndpointSet("c", [])] } },
        { ObjectKind.TlsRoute, "ns/r",
            Start with { TlsRoutes = [Start.TlsRoutes[0] with { CreatedAtMs = 1 }] } },
        { ObjectKind.Certificate, "ns/cert", Start with
            {
                Certificates = [Start.Certificates[0] with { NotAfterMs = 1 }, Start.Certificates[1]],
            }
        },
        { ObjectKind.Authority, "ns/ca", Start with { Authorities = [new Authority("ns/ca", "x")] } },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Each_kind_of_object_is_compared(ObjectKind kind, string name, Snapshot changed)
    {
        ObjectChange change = Assert.Single(SnapshotComparison.Between(Start, changed));
        Assert.Equal((kind, name), (change.Kind, change.Name));
        Assert.NotNull(change.Before);
        Assert.NotNull(change.After);
        Assert.NotEqual(change.Before, change.After);
        Assert.False(SnapshotComparison.AreEqual(Start, changed));
    }

    [Fact]
    public void From_nothing_everything_is_new_and_to_nothing_everything_is_gone()
    {
        ImmutableArray<ObjectChange> came = SnapshotComparison.Between(null, Start);
        Assert.Equal(
            Enum.GetValues<ObjectKind>(), came.Select(change => change.Kind).Distinct().Order());
        Assert.All(came, change => Assert.Null(change.Before));
        ImmutableArray<ObjectChange> went =
            SnapshotComparison.Between(Start, new Snapshot { Version = "empty" });
        Assert.Equal(came.Select(change => change.Name), went.Select(change => change.Name));
        Assert.All(went, change => Assert.Null(change.After));
    }
}
