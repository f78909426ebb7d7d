using System.Collections.Immutable;
using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Tests;

public sealed class ValidSnapshotTests
{
    [Fact]
    public void What_has_an_error_proves_nothing()
    {
        Snapshot snapshot = Sample.Of() with { Clusters = [] };
        Assert.Null(ValidSnapshot.TryCreate(snapshot, null, out ImmutableArray<Finding> findings));
        Assert.NotEmpty(findings);
        Assert.Null(ValidSnapshot.TryCreate(null, null, out findings));
        Assert.Single(findings);
    }

    [Fact]
    public void A_change_of_endpoints_is_judged_as_a_whole_snapshot_is()
    {
        Snapshot start = Sample.Full();
        ValidSnapshot known = ValidSnapshot.TryCreate(start, null, out _)!;
        ImmutableArray<EndpointSet>[] changes =
        [
            start.EndpointSets,
            [],
            [new EndpointSet("c", [new Endpoint("192.0.2.9", 1)])],
            [new EndpointSet("c", [new Endpoint("not an address", 0)])],
            [new EndpointSet("unknown", [])],
            [.. start.EndpointSets, .. start.EndpointSets],
            [null!],
        ];
        foreach (ImmutableArray<EndpointSet> sets in changes)
        {
            Snapshot changed = start with { EndpointSets = sets };
            Assert.True(known.HasTablesOf(changed));
            ValidSnapshot.TryCreate(changed, null, out ImmutableArray<Finding> whole);
            ValidSnapshot? next = ValidSnapshot.TryCreate(
                changed, known, out ImmutableArray<Finding> findings);
            Assert.Equal(whole.ToArray(), findings.ToArray());
            Assert.Equal(next is null, findings.Any(finding => finding.Severity == Severity.Error));
        }

        ValidSnapshot.TryCreate(start with { Version = "" }, known, out ImmutableArray<Finding> version);
        Assert.Single(version);
    }

    [Fact]
    public void Any_other_change_has_other_tables()
    {
        Snapshot start = Sample.Full();
        ValidSnapshot known = ValidSnapshot.TryCreate(start, null, out _)!;
        Assert.False(known.HasTablesOf(start with { Routes = [.. start.Routes] }));
        Assert.False(known.HasTablesOf(start with { Clusters = [.. start.Clusters] }));
        Assert.False(known.HasTablesOf(start with { Listeners = [.. start.Listeners] }));
        ValidSnapshot.TryCreate(start with { Routes = [null!] }, known, out ImmutableArray<Finding> findings);
        Assert.NotEmpty(findings);
    }

    [Fact]
    public void What_is_proven_through_another_can_be_compiled()
    {
        Snapshot start = Sample.Full();
        ValidSnapshot known = ValidSnapshot.TryCreate(start, null, out _)!;
        ValidSnapshot next = ValidSnapshot.TryCreate(start with { EndpointSets = [] }, known, out _)!;
        using CompiledSnapshot one = CompiledSnapshot.Compile(known);
        using CompiledSnapshot other = CompiledSnapshot.Compile(next);
        Assert.Equal(one.RegexCount, other.RegexCount);
    }
}
