using System.Collections.Immutable;
using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Tests;

/// <summary>
/// Tables that are made out of those before must answer as tables that are compiled afresh.
/// </summary>
public sealed class SnapshotPatcherTests
{
    private static readonly string[] Hosts =
        ["a.test", "b.test", "c.test", "x.a.test", "y.x.a.test", "z.test", "other"];
    private static readonly string[] Hostnames =
        ["a.test", "b.test", "c.test", "*.a.test", "*.test", "x.a.test"];
    private static readonly string[] Paths = ["/", "/a", "/a/b", "/a/b/c", "/b", "/ab", "/item/7"];
    private static readonly string[] Clusters = ["c", "c1", "c2", "c3"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_chain_of_changes_answers_as_each_result_afresh(int seed)
    {
        Random random = new(seed);
        SortedDictionary<string, HttpRoute> routes = new(StringComparer.Ordinal);
        for (int i = 0; i < 40; i++)
            routes[$"ns/r{i:00}"] = Route(random, $"ns/r{i:00}");
        HashSet<string> clusters = [.. Clusters];
        ValidSnapshot valid = ValidSnapshot.TryCreate(Of(routes, clusters, 0), null, out _)!;
        CompiledSnapshot compiled = CompiledSnapshot.Compile(valid, null);
        CompiledSnapshot? spare = null;
        int patched = 0;
        for (int step = 1; step <= 300; step++)
        {
            for (int i = random.Next(4); i >= 0; i--)
                Change(random, routes, clusters);
            ValidSnapshot next = ValidSnapshot.TryCreate(
                Of(routes, clusters, step), valid, out ImmutableArray<Finding> findings)!;
            Assert.Empty(findings);
            CompiledSnapshot made = CompiledSnapshot.Compile(next, compiled, spare);
            // Whoever still reads what has lent its memory must notice.
            Assert.Throws<InvalidOperationException>(() => (spare ?? Disposed()).Rule(0).RouteIndex);
            using CompiledSnapshot afresh = CompiledSnapshot.Compile(next.Source);
            for (int i = 0; i < 60; i++)
            {
                Request request = Ask(random);
                Assert.Equal((seed, step, Answer(request, afresh)), (seed, step, Answer(request, made)));
            }
            // What is left behind is bounded.
            Assert.InRange(made.MemoryBytes, 1, (afresh.MemoryBytes * 3) + (256 * 1024));
            (valid, compiled, spare) = (next, made, compiled);
            patched += made.IsPatched ? 1 : 0;
        }
        compiled.Dispose();
        spare!.Dispose();
        Assert.InRange(patched, 50, 299);
    }

    private static CompiledSnapshot Disposed()
    {
        CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Full());
        compiled.Dispose();
        return compiled;
    }

    [Fact]
    public void A_route_more_among_many_is_patched_and_a_regular_expression_is_not()
    {
        HttpRoute[] routes =
        [
            .. Enumerable.Range(0, 1_000).Select(i =>
                Sample.Route($"ns/r{i:0000}", [$"h{i}.test"], Sample.Prefix("/"), Sample.Prefix("/a"))),
        ];
        Snapshot start = Sample.Of(routes);
        ValidSnapshot valid = ValidSnapshot.TryCreate(start, null, out _)!;
        using CompiledSnapshot before = CompiledSnapshot.Compile(valid, null);
        HttpRoute exact = Sample.Route("ns/s", [], Sample.Exact("/s"));
        Snapshot more = start with { Routes = start.Routes.Add(exact) };
        using CompiledSnapshot plain = CompiledSnapshot.Compile(
            ValidSnapshot.TryCreate(more, valid, out _)!, before);
        Assert.True(plain.IsPatched);
        Assert.Equal(("ns/s", 0), Rule(new Request("any", "/s"), plain));
        Assert.Equal(("ns/r0500", 0), Rule(new Request("h500.test", "/a/x"), plain));

        HttpRoute expression = Sample.Route("ns/s", [], Sample.Pattern("/s+"));
        Snapshot regex = start with { Routes = start.Routes.Add(expression) };
        using CompiledSnapshot fresh = CompiledSnapshot.Compile(
            ValidSnapshot.TryCreate(regex, valid, out _)!, before);
        Assert.False(fresh.IsPatched);
        Assert.Equal(("ns/s", 0), Rule(new Request("any", "/ss"), fresh));
    }

    [Fact]
    public void Two_routes_of_one_name_are_found_in_a_change()
    {
        Snapshot start = Sample.Of(Sample.Route("a", [], Sample.Prefix("/")), Sample.Route("b", []));
        ValidSnapshot known = ValidSnapshot.TryCreate(start, null, out _)!;
        foreach (int place in (int[])[0, 1, 2])
        {
            Snapshot twice = start with { Routes = start.Routes.Insert(place, Sample.Route("b", [])) };
            Assert.Null(ValidSnapshot.TryCreate(twice, known, out ImmutableArray<Finding> findings));
            Assert.Contains(findings, finding => finding.Reason == Reasons.Duplicate);
        }
    }

    [Fact]
    public void A_cluster_that_a_route_needs_cannot_go()
    {
        Snapshot start = Sample.Of(Sample.Route("a", [], Sample.Prefix("/")));
        ValidSnapshot known = ValidSnapshot.TryCreate(start, null, out _)!;
        Snapshot without = start with { Clusters = [], EndpointSets = [] };
        Assert.Null(ValidSnapshot.TryCreate(without, known, out ImmutableArray<Finding> findings));
        Assert.Equal("rules[0].backends[0].cluster", Assert.Single(findings).Field);
    }

    [Fact]
    public void A_cluster_that_only_a_mirror_names_cannot_go()
    {
        Snapshot start = Sample.Of(Sample.Route("a", []) with
        {
            Rules = [new HttpRule { Filters = [new MirrorFilter { Cluster = "c" }] }],
        });
        ValidSnapshot known = ValidSnapshot.TryCreate(start, null, out _)!;
        Snapshot without = start with { Clusters = [], EndpointSets = [] };
        Assert.Null(ValidSnapshot.TryCreate(without, known, out ImmutableArray<Finding> findings));
        Assert.Equal("rules[0].filters[0].cluster", Assert.Single(findings).Field);
    }

    public static TheoryData<Match> Expressions() => new()
    {
        Sample.Pattern("/x+"),
        new Match { Headers = [new ValueMatch("h", "x+", IsRegex: true)] },
        new Match { Query = [new ValueMatch("q", "x+", IsRegex: true)] },
    };

    [Theory]
    [MemberData(nameof(Expressions))]
    public void A_new_regular_expression_is_tried_wherever_it_stands(Match match)
    {
        Snapshot start = Sample.Of(Sample.Route("a", [], Sample.Prefix("/a")));
        ValidSnapshot valid = ValidSnapshot.TryCreate(start, null, out _)!;
        using CompiledSnapshot before = CompiledSnapshot.Compile(valid, null);
        Snapshot more = start with { Routes = start.Routes.Add(Sample.Route("b", [], match)) };
        using CompiledSnapshot after = CompiledSnapshot.Compile(
            ValidSnapshot.TryCreate(more, valid, out _)!, before);
        Request request = new("any", "/xx") { Headers = [("h", "xx")], Query = "q=xx" };
        Assert.Equal(("b", 0), Rule(request, after));
        Assert.Equal(1, after.RegexCount);
    }

    [Fact]
    public void A_listener_whose_last_route_for_every_host_went_has_no_such_host_any_more()
    {
        HttpRoute named = Sample.Route("named", ["a.test"], Sample.Prefix("/"));
        Snapshot start = Sample.Of(Sample.Route("every", [], Sample.Prefix("/")), named);
        ValidSnapshot valid = ValidSnapshot.TryCreate(start, null, out _)!;
        using CompiledSnapshot before = CompiledSnapshot.Compile(valid, null);
        Assert.Equal("*", Assert.Single(new Request("b.test", "/").Explain(before).Hostnames));
        using CompiledSnapshot after = CompiledSnapshot.Compile(
            ValidSnapshot.TryCreate(start with { Routes = [named] }, valid, out _)!, before);
        Assert.True(after.IsPatched);
        Assert.Empty(new Request("b.test", "/").Explain(after).Hostnames);
    }

    [Fact]
    public void What_one_route_leaves_behind_with_each_change_is_bounded()
    {
        const int ValueBytes = 4_000;
        HttpRoute route = Sample.Route("r", ["a.test"]);
        Snapshot start = Sample.Of(route);
        ValidSnapshot valid = ValidSnapshot.TryCreate(start, null, out _)!;
        CompiledSnapshot compiled = CompiledSnapshot.Compile(valid, null);
        int patched = 0;
        long most = 0;
        for (int step = 0; step < 200; step++)
        {
            HeaderEdits edits = new()
            {
                Set = [new HeaderValue("x", $"{step}".PadLeft(ValueBytes, 'x'))],
            };
            HttpRule rule = new() { Filters = [new RequestHeaderFilter(edits)] };
            valid = ValidSnapshot.TryCreate(
                start with { Version = $"{step}", Routes = [route with { Rules = [rule] }] }, valid, out _)!;
            using CompiledSnapshot before = compiled;
            compiled = CompiledSnapshot.Compile(valid, before);
            patched += compiled.IsPatched ? 1 : 0;
            most = Math.Max(most, compiled.MemoryBytes);
        }

        compiled.Dispose();
        Assert.InRange(patched, 100, 199);
        // A fresh one has a value; the others add up to 64 KiB before everything is compiled again.
        Assert.InRange(most, 10 * ValueBytes, 50 * ValueBytes);
    }

    private static void Change(
        Random random, SortedDictionary<string, HttpRoute> routes, HashSet<string> clusters)
    {
        string name = $"ns/r{random.Next(60):00}";
        if (random.Next(3) == 0 && routes.Count > 20)
            routes.Remove(name);
        else
            routes[name] = Route(random, name);
        // Clusters that no route names come and go, among the others in order.
        string cluster = $"b{random.Next(4)}";
        if (random.Next(4) == 0 && !clusters.Remove(cluster))
            clusters.Add(cluster);
    }

    private static Snapshot Of(
        SortedDictionary<string, HttpRoute> routes, HashSet<string> clusters, int version) => new()
        {
            Version = $"{version}",
            Listeners = Listeners,
            Routes = [.. routes.Values],
            Clusters =
            [
                .. clusters.Order(StringComparer.Ordinal).Select(name => new Cluster { Name = name }),
            ],
            EndpointSets = [],
        };

    private static readonly ImmutableArray<Listener> Listeners =
        [Sample.Listener(), Sample.Listener("*.a.test", "narrow"), Sample.Listener(null, "other", 81)];

    private static HttpRoute Route(Random random, string name) => new()
    {
        Name = name,
        CreatedAtMs = random.Next(3),
        Attachments =
        [
            .. Listeners.Where(listener => listener.Name == "web" || random.Next(3) == 0)
                .Select(listener => new Attachment
                {
                    Listener = listener.Name,
                    Hostnames =
                    [
                        .. Hostnames.Where(_ => random.Next(4) == 0),
                    ],
                }),
        ],
        Rules =
        [
            .. Enumerable.Range(0, random.Next(1, 4)).Select(i => new HttpRule
            {
                Matches = [.. Enumerable.Range(0, random.Next(3)).Select(_ => AnyMatch(random))],
                Filters = random.Next(3) > 0 ? [] :
                [
                    new RequestHeaderFilter(new HeaderEdits { Set = [new HeaderValue("x", $"{name}.{i}")] }),
                ],
                Backends = [new WeightedCluster { Cluster = Clusters[random.Next(Clusters.Length)] }],
                IsRefused = random.Next(10) == 0,
            }),
        ],
    };

    private static Match AnyMatch(Random random) => new()
    {
        Path = new PathMatch(
            random.Next(3) == 0 ? PathMatchKind.Exact : PathMatchKind.Prefix,
            Paths[random.Next(Paths.Length)]),
        Method = random.Next(4) == 0 ? "POST" : null,
        Headers = random.Next(4) == 0 ? [new ValueMatch("h", $"{random.Next(2)}")] : [],
        Query = random.Next(4) == 0 ? [new ValueMatch("q", $"{random.Next(2)}")] : [],
    };

    private static Request Ask(Random random) =>
        new(Hosts[random.Next(Hosts.Length)], Paths[random.Next(Paths.Length)])
        {
            Method = random.Next(2) == 0 ? "GET" : "POST",
            Query = random.Next(2) == 0 ? "" : $"q={random.Next(2)}",
            Headers = random.Next(2) == 0 ? [] : [("h", $"{random.Next(2)}")],
        };

    // What a worker makes of a request: rule, prefix, cluster and edits, in names instead of numbers.
    private static string Answer(Request request, CompiledSnapshot compiled)
    {
        List<string> answers = [];
        foreach (int port in (int[])[80, 81])
        {
            RouteHit hit = request.Find(compiled, compiled.FindGroup("", port));
            if (hit.RuleId < 0)
            {
                answers.Add($"none on {hit.ListenerIndex}");
                continue;
            }
            CompiledRule rule = compiled.Rule(hit.RuleId);
            string route = compiled.Route(rule.RouteIndex)!.Name;
            string clusters = string.Join(',', compiled.Backends(rule.Backends).ToArray()
                .Select(backend => compiled.Cluster(backend.ClusterIndex)!.Name));
            string edits = string.Join(',', compiled.Edits(rule.Filters.RequestEdits).ToArray()
                .Select(edit => System.Text.Encoding.UTF8.GetString(compiled.Bytes(edit.Value))));
            answers.Add($"{route}[{rule.RuleIndex}] {hit.ListenerIndex} {hit.MatchedPrefixLength} "
                + $"{clusters} {edits}");
        }
        return $"{request}: {string.Join("; ", answers)}";
    }

    private static (string, int) Rule(Request request, CompiledSnapshot compiled)
    {
        CompiledRule rule = compiled.Rule(request.Find(compiled).RuleId);
        return (compiled.Route(rule.RouteIndex)!.Name, rule.RuleIndex);
    }
}
