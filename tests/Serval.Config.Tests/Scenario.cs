using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Serval.Config.Model;

namespace Serval.Config.Tests;

/// <summary>
/// A snapshot and requests over alphabets so small that precedence is decided at every step.
/// </summary>
internal sealed record Scenario(Snapshot Snapshot, Request[] Requests)
{
    private static readonly string[] Hosts =
        ["a.b.c", "b.c", "x.b.c", "x.a.b.c", "c", ".b.c", "", "other", "a..b.c"];

    private static readonly string[] Hostnames = ["a.b.c", "b.c", "x.b.c", "*.b.c", "*.c", "*.a.b.c", "c"];

    private static readonly string[] Paths =
        ["/", "/a", "/a/", "/a/b", "/a/b/", "/ab", "/a//b", "//", "*", "/b/a/b", ""];

    private static readonly string[] MatchPaths = ["/", "/a", "/a/", "/a/b", "/a//b", "/a/b/", "/b", "//"];

    private static readonly string[] Patterns = ["/a.*", "/.*", "/a|/b", "", "/(a|b)/?b?"];

    private static readonly string[] Queries =
        ["", "q=1", "q=1&p=2", "p=1&q=2&q=1", "%71=%31", "q", "p=a+b&q=1", "p=%", "&&p=2"];

    public override string ToString() =>
        System.Text.Encoding.UTF8.GetString(Wire.SnapshotJson.Write(Snapshot))
        + string.Concat(Requests.Select(r => $"\n{r}"));

    public static Arbitrary<Scenario> Any() => Gen().ToArbitrary();

    private static Gen<Scenario> Gen() =>
        from listeners in Listeners()
        from count in FsCheck.Fluent.Gen.Choose(0, 8)
        from routes in Routes(listeners, count)
        from requests in Requests_().ArrayOf(12)
        select new Scenario(Sample.Of(listeners, routes), requests);

    private static Gen<ImmutableArray<Listener>> Listeners() =>
        from hostnames in Element<string?>([null, null, "*.b.c", "a.b.c", "*.c"]).ArrayOf(4)
        from places in Element<string[]>([[], [], ["192.0.2.1"], ["192.0.2.1", "192.0.2.2"]]).ArrayOf(4)
        select Distinct(hostnames, places);

    private static ImmutableArray<Listener> Distinct(string?[] hostnames, string[][] places)
    {
        HashSet<(string, string?)> seen = [];
        List<Listener> listeners = [];
        for (int i = 0; i < hostnames.Length; i++)
        {
            string[] addresses = places[i].Length == 0 ? [""] : places[i];
            if (addresses.Any(a => seen.Contains((a, hostnames[i]))))
                continue;
            foreach (string address in addresses)
                seen.Add((address, hostnames[i]));
            listeners.Add(Sample.Listener(hostnames[i], $"l{i}") with { Addresses = [.. places[i]] });
        }

        return [.. listeners];
    }

    private static Gen<HttpRoute[]> Routes(ImmutableArray<Listener> listeners, int count) =>
        from created in FsCheck.Fluent.Gen.Choose(0, 1).ArrayOf(count)
        from attachments in Attachments(listeners).ArrayOf(count)
        from rules in Rules().ArrayOf(count)
        from order in FsCheck.Fluent.Gen.Shuffle(Enumerable.Range(0, count).ToArray())
        select order.Select(i => new HttpRoute
        {
            Name = $"ns/r{i}",
            CreatedAtMs = created[i],
            Attachments = attachments[i],
            Rules = rules[i],
        }).ToArray();

    private static Gen<ImmutableArray<Attachment>> Attachments(ImmutableArray<Listener> listeners) =>
        from count in FsCheck.Fluent.Gen.Choose(1, 2)
        from names in Element([.. listeners.Select(l => l.Name)]).ArrayOf(count)
        from hosts in FsCheck.Fluent.Gen.Choose(0, 2).SelectMany(n => Element(Hostnames).ArrayOf(n))
            .ArrayOf(count)
        select names.Zip(hosts, (l, h) => new Attachment { Listener = l, Hostnames = [.. h] })
            .ToImmutableArray();

    private static Gen<ImmutableArray<HttpRule>> Rules() =>
        from count in FsCheck.Fluent.Gen.Choose(1, 3)
        from rules in FsCheck.Fluent.Gen.Choose(0, 2).SelectMany(n => Matches().ArrayOf(n)).ArrayOf(count)
        select rules.Select(m => new HttpRule { Matches = [.. m] }).ToImmutableArray();

    private static Gen<Match> Matches() =>
        from path in Element<PathMatch?>(
        [
            null,
            .. MatchPaths.Select(p => new PathMatch(PathMatchKind.Exact, p)),
            .. MatchPaths.Select(p => new PathMatch(PathMatchKind.Prefix, p)),
            .. Patterns.Select(p => new PathMatch(PathMatchKind.Regex, p)),
        ])
        from method in Element<string?>([null, null, "GET", "POST"])
        from headers in Values(["h", "X-I"], ["1", "2", "1,2", "1;2", ""])
        from query in Values(["q", "p"], ["1", "2", "a b", ""])
        select new Match { Path = path, Method = method, Headers = headers, Query = query };

    private static Gen<ImmutableArray<ValueMatch>> Values(string[] names, string[] values) =>
        from uses in Element([false, false, true]).ArrayOf(names.Length)
        from wanted in Element([
            .. values.Select(v => (Value: v, IsRegex: false)), (Value: "1.*", IsRegex: true)])
                .ArrayOf(names.Length)
        select names.Where((_, i) => uses[i])
            .Select((n, i) => new ValueMatch(n, wanted[i].Value, wanted[i].IsRegex)).ToImmutableArray();

    private static Gen<Request> Requests_() =>
        from host in Element(Hosts)
        from path in Element(Paths)
        from method in Element(["GET", "POST", "get"])
        from query in Element(Queries)
        from headers in Element<(string, string)[]>(
            [[], [("H", "1")], [("h", "1"), ("H", "2")], [("x-i", "2"), ("h", "1")],
                [("h", ""), ("x-i", "1,2")]])
        select new Request(host, path) { Method = method, Query = query, Headers = headers };

    private static Gen<T> Element<T>(T[] items) => FsCheck.Fluent.Gen.Elements(items);
}
