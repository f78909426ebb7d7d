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
            [new EndpointSet("C", [])],
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
    public void A_warning_is_told_with_every_snapshot_that_deserves_it()
    {
        HeaderEdits edits = new() { Remove = ["TE"] };
        HttpRoute route = Sample.Route("r", []) with
        {
            Rules = [new HttpRule { Filters = [new RequestHeaderFilter(edits)] }],
        };
        Snapshot start = Sample.Of(route);
        ValidSnapshot known = ValidSnapshot.TryCreate(start, null, out _)!;
        Snapshot[] changes =
        [
            start with { Version = "2", EndpointSets = [] },
            start with { Version = "3", Routes = [route, Sample.Route("s", [])] },
        ];
        foreach (Snapshot changed in changes)
        {
            Assert.NotNull(ValidSnapshot.TryCreate(changed, known, out ImmutableArray<Finding> findings));
            Assert.Equal(Severity.Warning, Assert.Single(findings).Severity);
        }
    }

    [Fact]
    public void Matches_times_hostnames_are_bounded_however_the_routes_came()
    {
        HttpRoute wide = Sample.Route(
            "", [.. Enumerable.Range(0, ConfigLimits.HostnamesPerAttachment).Select(i => $"h{i}.test")],
            [.. Enumerable.Repeat(new Match(), ConfigLimits.MatchesPerRule)]);
        int most = ConfigLimits.CandidatesPerSnapshot
            / (ConfigLimits.HostnamesPerAttachment * ConfigLimits.MatchesPerRule);
        Snapshot start = Sample.Of(
            [.. Enumerable.Range(0, most).Select(i => wide with { Name = $"r{i:00}" })]);
        ValidSnapshot known = ValidSnapshot.TryCreate(start, null, out _)!;
        Snapshot next = start with { Version = "2", Routes = start.Routes.Add(wide with { Name = "s" }) };
        Assert.Null(ValidSnapshot.TryCreate(next, known, out ImmutableArray<Finding> findings));
        Assert.Equal(("routes", Reasons.TooMany), (findings.Single().Field, findings.Single().Reason));
    }

    // What is known of the one before must never make a difference to what is said of the next.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_chain_of_deltas_is_judged_as_each_result_afresh(int seed)
    {
        Random random = new(seed);
        Snapshot start = Sample.Full() with
        {
            Clusters = [.. "cabd".Select(name => new Cluster { Name = $"{name}" })],
            EndpointSets = [.. "cab".Select(name => new EndpointSet($"{name}", []))],
        };
        ValidSnapshot known = ValidSnapshot.TryCreate(start, null, out _)!;
        int refused = 0;
        for (int round = 0; round < 1_000; round++)
        {
            Snapshot next = Delta(random, known.Source.Version, $"{round}").ApplyTo(known.Source);
            if (random.Next(10) == 0) next = next with { EndpointSets = [.. next.EndpointSets.Reverse()] };
            ValidSnapshot? afresh = ValidSnapshot.TryCreate(next, null, out ImmutableArray<Finding> whole);
            ValidSnapshot? chained = ValidSnapshot.TryCreate(
                next, known, out ImmutableArray<Finding> findings);
            Assert.Equal(whole.ToArray(), findings.ToArray());
            Assert.Equal(afresh is null, chained is null);
            if (chained is null) refused++;
            known = chained ?? known;
        }

        Assert.InRange(refused, 100, 900);
    }

    private static SnapshotDelta Delta(Random random, string before, string version)
    {
        string[] names = ["a", "b", "c", "d", "unknown"];
        string[] addresses = ["192.0.2.1", "192.0.2.2", "2001:db8::1", "192.0.2.3", "not an address"];
        string Name() => names[random.Next(random.Next(4) == 0 ? 5 : 4)];
        EndpointSet Set() => new(Name(),
        [
            .. Enumerable.Range(0, random.Next(4)).Select(_ => new Endpoint(
                addresses[random.Next(random.Next(4) == 0 ? 5 : 4)], random.Next(1, 40))),
        ]);
        bool hasClusters = random.Next(10) == 0;
        return new SnapshotDelta
        {
            BaseVersion = before,
            Version = random.Next(20) == 0 ? "" : version,
            Changed = new SnapshotChanges
            {
                Clusters = hasClusters ? [new Cluster { Name = Name() }] : [],
                EndpointSets = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Set())],
            },
            Removed = new SnapshotRemovals
            {
                Clusters = hasClusters && random.Next(2) == 0 ? [Name()] : [],
                EndpointSets = random.Next(4) == 0 ? [Name()] : [],
            },
        };
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
