using System.Runtime.CompilerServices;
using System.Text;
using Serval.Config.Compiling;
using Serval.Config.Model;

namespace Serval.Config.Tests;

public sealed class CompiledSnapshotTests
{
    [Fact]
    public void Rules_carry_backends_weights_timeouts_and_filters()
    {
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Full());
        Request request = new("a.example", "/a/x")
        {
            Method = "POST",
            Query = "Q=%C3%A9+%26",
            Headers = [("Version", "v2"), ("X-R", "abc")],
        };
        RouteHit hit = request.Find(compiled, compiled.FindGroup("192.0.2.1", 8080));
        Assert.Equal(2, hit.MatchedPrefixLength);
        CompiledRule rule = compiled.Rule(hit.RuleId);
        Assert.Equal(
            (0, 0, 10, 5),
            (rule.RouteIndex, rule.RuleIndex, rule.RequestTimeoutMs, rule.BackendRequestTimeoutMs));
        Assert.Equal(7, rule.WeightTotal);
        ReadOnlySpan<CompiledBackend> backends = compiled.Backends(rule.Backends);
        Assert.Equal((0, 0), (backends[0].ClusterIndex, backends[0].CumulativeWeight));
        Assert.Equal((-1, 7), (backends[1].ClusterIndex, backends[1].CumulativeWeight));
        string[] wanted = ["Remove X-Remove=", "Set X-Set=a+b <\u00e9>", "Add X-Add="];
        Assert.Equal(wanted, Edits(compiled, rule.Filters.RequestEdits));
        Assert.Equal(wanted, Edits(compiled, rule.Filters.ResponseEdits));
        Assert.Equal(wanted, Edits(compiled, backends[0].Filters.RequestEdits));
        Assert.Equal(0, backends[1].Filters.RequestEdits.Count);
        CompiledRewrite rewrite = compiled.Rewrite(rule.Filters.RewriteIndex);
        Assert.Equal("up.example", Text(compiled, rewrite.Hostname));
        Assert.Equal((true, PathChangeKind.ReplacePrefix, "/b"),
            (rewrite.Path.IsPresent, rewrite.Path.Kind, Text(compiled, rewrite.Path.Value)));
        Assert.Equal(-1, rule.Filters.RedirectIndex);
    }

    [Fact]
    public void A_retry_policy_has_the_statuses_that_it_names_and_no_other()
    {
        HttpRule rule = new() { Retry = new RetryPolicy { Codes = [400, 463, 464, 599] } };
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Of(
            Sample.Route("r", []) with { Rules = [rule] }));
        CompiledRetry retry = compiled.Retry(
            compiled.Rule(new Request("h", "/").Find(compiled).RuleId).RetryIndex);
        // An upstream may answer any three digits.
        Assert.Equal([400, 463, 464, 599], Enumerable.Range(0, 1_000).Where(retry.Has));
    }

    [Fact]
    public void Redirects_keep_what_they_do_not_name()
    {
        HttpRule redirect = new() { Filters = [new RedirectFilter()] };
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Of(
            Sample.Route("r", []) with { Rules = [redirect] }));
        CompiledRule rule = compiled.Rule(new Request("h", "/").Find(compiled).RuleId);
        Assert.Equal(
            new CompiledRedirect(default, default, 0, default, 302),
            compiled.Redirect(rule.Filters.RedirectIndex));
        Assert.Equal((-1, 0), (rule.Filters.RewriteIndex, rule.WeightTotal));
    }

    [Fact]
    public void A_snapshot_that_is_not_valid_is_refused_with_its_first_finding()
    {
        Snapshot invalid = Sample.Of(Sample.Route("r", ["UPPER"], Sample.Prefix("/")));
        ArgumentException refused = Assert.Throws<ArgumentException>(() => CompiledSnapshot.Compile(invalid));
        Assert.Contains("attachments[0].hostnames[0]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_snapshot_compiles_and_finds_nothing()
    {
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(new Snapshot { Version = "0" });
        Assert.Equal(new RouteHit(-1, -1, 0), new Request("h", "/").Find(compiled));
        Assert.Equal(0, compiled.MemoryBytes);
    }

    [Fact]
    public void Lookups_allocate_nothing()
    {
        ValueMatch[] values = [new("h", "1"), new("i", "2")];
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Of(
            Sample.Route("a", ["a.example"], Sample.Exact("/x"), Sample.Prefix("/a"), Sample.Prefix("/a/b")),
            Sample.Route(
                "b", ["*.example"], Sample.Prefix("/") with { Headers = [.. values], Query = [.. values] }),
            Sample.Route("c", [], Sample.Pattern("/[a-z]+/.*"))));
        Request[] requests =
        [
            new("a.example", "/a/b/c"),
            new("b.c.example", "/") { Headers = [("h", "1"), ("i", "2")], Query = "h=1&i=%32" },
            new("other", "/abc/def"),
            new("other", "*"),
        ];
        string[] found = ["a", "b", "c", ""];
        for (int i = 0; i < requests.Length; i++)
        {
            Assert.Equal(found[i], requests[i].FindRule(compiled).Route);
            byte[] host = Encoding.ASCII.GetBytes(requests[i].Host);
            byte[] path = Encoding.ASCII.GetBytes(requests[i].Path);
            byte[] query = Encoding.ASCII.GetBytes(requests[i].Query);
            TextHeaders headers = new(requests[i].Headers);
            RequestTarget target =
                new() { Host = host, Method = "GET"u8, Path = path, Query = query };
            RouteHit hit = compiled.Match(compiled.FindListener(0, host), target, ref headers);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int n = 0; n < 100_000; n++)
                hit = compiled.Match(compiled.FindListener(0, host), target, ref headers);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(found[i].Length > 0, hit.RuleId >= 0);
        }
    }

    [Fact]
    public void Threads_may_look_up_at_once()
    {
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Of(
            Sample.Route("a", ["*.example"], Sample.Prefix("/a")),
            Sample.Route("c", [], Sample.Pattern("/(a|b)+"))));
        int wrong = 0;
        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < 5_000; i++)
            {
                Request pattern = new("x.example", $"/ab{new string('b', i % 50)}");
                if (new Request("x.example", "/a/b").FindRule(compiled).Route != "a"
                    || pattern.FindRule(compiled).Route != "c")
                    Interlocked.Increment(ref wrong);
            }
        });
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void A_million_routes_are_found()
    {
        // One half shares a hostname, the other has one hostname each.
        const int Count = ConfigLimits.Routes;
        string Host(int i) => i % 2 == 0 ? "shop.example" : $"h{i}.example";
        string Path(int i) => i % 2 == 0 ? $"/p/{i}" : "/";
        HttpRoute[] routes = new HttpRoute[Count];
        for (int i = 0; i < Count; i++)
            routes[i] = Sample.Route($"r{i}", [Host(i)], Sample.Prefix(Path(i)));
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Of(routes));
        for (int i = 0; i < Count; i += 997)
            Assert.Equal($"r{i}", new Request(Host(i), $"{Path(i)}/x").FindRule(compiled).Route);
        Assert.Equal("", new Request("other", "/").FindRule(compiled).Route);
        Assert.Equal("", new Request("shop.example", $"/p/{Count}").FindRule(compiled).Route);
        Assert.InRange(compiled.MemoryBytes / Count, 1, 320);
    }

    [Fact]
    public void Nothing_can_be_read_after_dispose()
    {
        CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Full());
        Assert.True(compiled.MemoryBytes > 0);
        compiled.Dispose();
        compiled.Dispose();
        Assert.Equal(0, compiled.MemoryBytes);
        Assert.Throws<InvalidOperationException>(() => compiled.Rule(0));
        Assert.Throws<InvalidOperationException>(() => compiled.Bytes(new Slice(0, 1)).Length);
        Assert.Throws<InvalidOperationException>(() => new Request("a.example", "/").Find(compiled));
    }

    [Fact]
    public void The_secret_of_the_hash_changes_nothing_that_can_be_seen()
    {
        Snapshot snapshot = Sample.Of(
            Sample.Route(
                "a", ["a.example", "*.example"], Sample.Prefix("/a"), Sample.Exact("/a"),
                Sample.Pattern("/.*")));
        KeyedHash[] hashes = [new(0, 1), new(1, 3), new(ulong.MaxValue, ulong.MaxValue)];
        foreach (KeyedHash hash in hashes)
        {
            // A multiplier of 1 makes everything collide: lookups get slow and stay right.
            using CompiledSnapshot compiled = CompiledSnapshot.Compile(snapshot, hash);
            Assert.Equal("a", new Request("a.example", "/a/b").FindRule(compiled).Route);
            Assert.Equal("a", new Request("b.example", "/b").FindRule(compiled).Route);
            Assert.Equal("", new Request("example", "/b").FindRule(compiled).Route);
        }
    }

    // Short names are kept inside the records, long ones behind them; each length is right at the bounds.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Names_of_every_length_are_found(int pathsOfEach)
    {
        List<HttpRoute> routes = [];
        for (int length = 1; length <= 63; length++)
        {
            string host = $"{new string('h', length)}.example";
            string path = $"/{new string('p', length)}";
            Match[] matches = [Sample.Exact(path), Sample.Prefix($"{path}q")];
            routes.Add(Sample.Route($"r{length}", [host, $"*.{host}"], matches[..pathsOfEach]));
        }

        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Of([.. routes]));
        for (int length = 1; length <= 63; length++)
        {
            string host = $"{new string('h', length)}.example";
            string path = $"/{new string('p', length)}";
            Assert.Equal($"r{length}", new Request(host, path).FindRule(compiled).Route);
            Assert.Equal($"r{length}", new Request($"any.{host}", path).FindRule(compiled).Route);
            Assert.Equal("", new Request(host, path + "p").FindRule(compiled).Route);
            Assert.Equal("", new Request(host, path[..^1] + "x").FindRule(compiled).Route);
            Assert.Equal("", new Request($"x{host}", path).FindRule(compiled).Route);
            string below = pathsOfEach == 1 ? "" : $"r{length}";
            Assert.Equal(below, new Request(host, $"{path}q/below").FindRule(compiled).Route);
        }
    }

    [Fact]
    public void Records_that_lookups_read_fill_cache_lines()
    {
        Assert.Equal(128, Unsafe.SizeOf<HostNode>());
        Assert.Equal(64, Unsafe.SizeOf<PathSlot>());
        Assert.Equal(16, Unsafe.SizeOf<HashSlot>());
    }

    private static string[] Edits(CompiledSnapshot compiled, Slice slice) =>
        [.. compiled.Edits(slice).ToArray()
            .Select(e => $"{e.Kind} {Text(compiled, e.Name)}={Text(compiled, e.Value)}")];

    private static string Text(CompiledSnapshot compiled, Slice slice) =>
        Encoding.UTF8.GetString(compiled.Bytes(slice));
}
