using Serval.Config.Compiling;
using Serval.Config.Model;

namespace Serval.Config.Tests;

public sealed class PrecedenceTests
{
    private static readonly string[] EveryHost = [];

    [Fact]
    public void An_exact_hostname_goes_before_a_wildcard_and_a_longer_wildcard_before_a_shorter()
    {
        using CompiledSnapshot compiled = Compile(
            Sample.Route("any", EveryHost, Sample.Prefix("/")),
            Sample.Route("short", ["*.example"], Sample.Prefix("/")),
            Sample.Route("long", ["*.b.example"], Sample.Prefix("/")),
            Sample.Route("exact", ["a.b.example"], Sample.Prefix("/")));
        Assert.Equal("exact", Find(compiled, "a.b.example", "/"));
        Assert.Equal("long", Find(compiled, "x.a.b.example", "/"));
        Assert.Equal("short", Find(compiled, "b.example", "/"));
        Assert.Equal("any", Find(compiled, "example", "/"));
        Assert.Equal("any", Find(compiled, "", "/"));
        Assert.Equal("any", Find(compiled, new string('a', 300), "/"));
    }

    [Fact]
    public void A_host_matches_up_to_the_length_and_the_labels_that_a_hostname_can_have()
    {
        // 127 labels, and one byte more.
        string longest = string.Join('.', Enumerable.Repeat("a", (ConfigLimits.HostnameBytes + 1) / 2));
        Assert.Equal(ConfigLimits.HostnameBytes, longest.Length);
        string many = string.Join('.', Enumerable.Repeat("a", 100));
        using CompiledSnapshot compiled = Compile(
            Sample.Route("any", EveryHost, Sample.Prefix("/")),
            Sample.Route("wild", [$"*.{many}"], Sample.Prefix("/w")),
            Sample.Route("exact", [longest], Sample.Prefix("/e")));
        Assert.Equal("exact", Find(compiled, longest, "/e"));
        Assert.Equal("wild", Find(compiled, longest, "/w"));
        Assert.Equal("wild", Find(compiled, $"a.{many}", "/w"));
        Assert.Equal("any", Find(compiled, many, "/w"));
        Assert.Equal("any", Find(compiled, $"a{longest}", "/w"));
    }

    [Fact]
    public void A_hostname_without_a_matching_rule_yields_to_less_specific_ones()
    {
        using CompiledSnapshot compiled = Compile(
            Sample.Route("exact", ["a.example"], Sample.Exact("/only")),
            Sample.Route("wild", ["*.example"], Sample.Prefix("/w")),
            Sample.Route("any", EveryHost, Sample.Prefix("/")));
        Assert.Equal("exact", Find(compiled, "a.example", "/only"));
        Assert.Equal("wild", Find(compiled, "a.example", "/w/x"));
        Assert.Equal("any", Find(compiled, "a.example", "/other"));
    }

    [Fact]
    public void Only_routes_of_the_most_specific_listener_count()
    {
        HttpRoute named = Sample.Route("named", EveryHost, Sample.Prefix("/n")) with
        {
            Attachments = [new Attachment { Listener = "named" }],
        };
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Of(
            [Sample.Listener(), Sample.Listener("*.example", "named")],
            Sample.Route("any", EveryHost, Sample.Prefix("/")), named));
        Assert.Equal("named", Find(compiled, "a.example", "/n"));
        Assert.Equal("", Find(compiled, "a.example", "/"));
        Assert.Equal(new RouteHit(-1, 1, 0), new Request("a.example", "/").Find(compiled));
        Assert.Equal("any", Find(compiled, "example", "/"));
    }

    [Theory]
    [InlineData("/a", "/a", true)]
    [InlineData("/a", "/a/", true)]
    [InlineData("/a", "/a/b", true)]
    [InlineData("/a", "/ab", false)]
    [InlineData("/a", "/A", false)]
    [InlineData("/a/", "/a", true)]
    [InlineData("/a/", "/a/b", true)]
    [InlineData("/a//", "/a", false)]
    [InlineData("/a//", "/a//b", true)]
    [InlineData("/", "/", true)]
    [InlineData("/", "*", false)]
    [InlineData("/", "", false)]
    [InlineData("/a%2Fb", "/a/b", false)]
    public void A_prefix_match_stops_at_element_boundaries(string prefix, string path, bool isMatch)
    {
        // Alone in its hostname, and beside others: the two are stored differently.
        using CompiledSnapshot alone = Compile(Sample.Route("r", EveryHost, Sample.Prefix(prefix)));
        using CompiledSnapshot beside = Compile(
            Sample.Route("r", EveryHost, Sample.Prefix(prefix)),
            Sample.Route("s", EveryHost, Sample.Exact("/zzz"), Sample.Prefix("/zzz")));
        Assert.Equal(isMatch ? "r" : "", Find(alone, "h", path));
        Assert.Equal(isMatch ? "r" : "", Find(beside, "h", path));
    }

    [Fact]
    public void Exact_goes_before_regular_expressions_and_they_before_the_longest_prefix_and_shorter_ones()
    {
        using CompiledSnapshot compiled = Compile(
            Sample.Route("regex", EveryHost, Sample.Pattern("/a/b|/z|/a/x.*")),
            Sample.Route("longer", EveryHost, Sample.Pattern("/a/b|/z/y|/a/x+") with { Method = "GET" }),
            Sample.Route("short", EveryHost, Sample.Prefix("/a")),
            Sample.Route("long", EveryHost, Sample.Prefix("/a/b")),
            Sample.Route("exact", EveryHost, Sample.Exact("/a/b")));
        Assert.Equal("exact", Find(compiled, "h", "/a/b"));
        Assert.Equal("long", Find(compiled, "h", "/a/b/"));
        Assert.Equal("short", Find(compiled, "h", "/a/bc"));
        Assert.Equal("regex", Find(compiled, "h", "/z"));
        Assert.Equal("regex", Find(compiled, "h", "/a/xy"));
        Assert.Equal("longer", Find(compiled, "h", "/a/x"));
        Assert.Equal("", Find(compiled, "h", "/z/"));
        Assert.Equal(4, new Request("h", "/a/b/c").Find(compiled).MatchedPrefixLength);
        Assert.Equal(0, new Request("h", "/a/b").Find(compiled).MatchedPrefixLength);
    }

    [Fact]
    public void A_method_goes_before_headers_and_headers_before_query_parameters()
    {
        Match any = Sample.Prefix("/");
        ValueMatch[] values = [new("a", "1"), new("b", "1")];
        using CompiledSnapshot compiled = Compile(
            Sample.Route("none", EveryHost, any),
            Sample.Route("query", EveryHost, any with { Query = [.. values] }),
            Sample.Route("header", EveryHost, any with { Headers = [values[0]] }),
            Sample.Route("headers", EveryHost, any with { Headers = [.. values] }),
            Sample.Route("method", EveryHost, any with { Method = "PUT" }));
        Request all = new("h", "/") { Method = "PUT", Query = "a=1&b=1", Headers = [("A", "1"), ("b", "1")] };
        Assert.Equal("method", all.FindRule(compiled).Route);
        Assert.Equal("headers", (all with { Method = "put" }).FindRule(compiled).Route);
        Assert.Equal(
            "header", (all with { Method = "GET", Headers = [("a", "1")] }).FindRule(compiled).Route);
        Assert.Equal("query", (all with { Method = "GET", Headers = [] }).FindRule(compiled).Route);
        Assert.Equal(
            "none", (all with { Method = "GET", Headers = [], Query = "a=1" }).FindRule(compiled).Route);
    }

    [Fact]
    public void Ties_go_to_the_oldest_route_then_by_name_then_by_place()
    {
        HttpRoute Route(string name, long created) =>
            Sample.Route(name, EveryHost, Sample.Prefix("/")) with { CreatedAtMs = created };
        using CompiledSnapshot byAge = Compile(Route("a", 2), Route("b", 1));
        Assert.Equal("b", Find(byAge, "h", "/"));
        using CompiledSnapshot byName = Compile(Route("b", 1), Route("a", 1), Route("B", 1));
        Assert.Equal("B", Find(byName, "h", "/"));
        HttpRoute twice = Route("r", 1);
        using CompiledSnapshot byPlace = Compile(twice with { Rules = [twice.Rules[0], twice.Rules[0]] });
        Assert.Equal(("r", 0), new Request("h", "/").FindRule(byPlace));
    }

    [Fact]
    public void Values_of_a_repeated_header_are_compared_joined_by_a_comma()
    {
        using CompiledSnapshot compiled = Compile(
            Sample.Route("exact", EveryHost, new Match { Headers = [new ValueMatch("h", "1,2")] }),
            Sample.Route("semicolon", EveryHost, new Match { Headers = [new ValueMatch("h", "1;3")] }),
            Sample.Route(
                "regex", EveryHost, new Match { Headers = [new ValueMatch("h", "3,[0-9]", IsRegex: true)] }));
        string With(params string[] values) =>
            new Request("h", "/") { Headers = [.. values.Select(v => ("H", v))] }.FindRule(compiled).Route;
        Assert.Equal("exact", With("1", "2"));
        Assert.Equal("exact", With("1,2"));
        Assert.Equal("", With("2", "1"));
        Assert.Equal("", With("1", "3"));
        Assert.Equal("", With("1", "2", "3"));
        Assert.Equal("", With("1"));
        Assert.Equal("regex", With("3", "4"));
    }

    [Theory]
    [InlineData("q=a+b", true)]
    [InlineData("q=a%20b", true)]
    [InlineData("%71=a b", true)]
    [InlineData("x=1&q=a+b&q=c", true)]
    [InlineData("q=c&q=a+b", false)]
    [InlineData("q=a%2", false)]
    [InlineData("Q=a+b", false)]
    [InlineData("qq=a+b", false)]
    [InlineData("q", false)]
    [InlineData("", false)]
    public void Query_parameters_are_compared_decoded_and_the_first_counts(string query, bool isMatch)
    {
        using CompiledSnapshot compiled = Compile(
            Sample.Route("r", EveryHost, new Match { Query = [new ValueMatch("q", "a b")] }),
            Sample.Route(
                "regex", EveryHost, new Match { Query = [new ValueMatch("rx", "a.b", IsRegex: true)] }));
        Assert.Equal(isMatch ? "r" : "", new Request("h", "/") { Query = query }.FindRule(compiled).Route);
        Assert.Equal("regex", new Request("h", "/") { Query = "rx=a%2Fb" }.FindRule(compiled).Route);
    }

    [Fact]
    public void Query_parameters_beyond_the_bound_are_as_if_absent()
    {
        using CompiledSnapshot compiled = Compile(
            Sample.Route("r", EveryHost, new Match { Query = [new ValueMatch("q", "1")] }));
        string Padded(int count) => string.Concat(Enumerable.Repeat("x=1&", count)) + "q=1";
        Request request = new("h", "/");
        Request last = request with { Query = Padded(ConfigLimits.QueryParametersSeen - 1) };
        Request beyond = request with { Query = Padded(ConfigLimits.QueryParametersSeen) };
        Assert.Equal("r", last.FindRule(compiled).Route);
        Assert.Equal("", beyond.FindRule(compiled).Route);
    }

    [Fact]
    public void A_value_beyond_the_bound_matches_no_regular_expression_and_is_counted()
    {
        using CompiledSnapshot compiled = Compile(
            Sample.Route("r", EveryHost, Sample.Pattern("/a*")),
            Sample.Route("h", ["h"], new Match { Headers = [new ValueMatch("x", "a*", IsRegex: true)] }),
            Sample.Route("q", ["q"], new Match { Query = [new ValueMatch("x", "a*", IsRegex: true)] }));
        string fits = new('a', ConfigLimits.RegexInputBytes - 1);
        Assert.Equal(2, compiled.RegexCount);
        Assert.Equal("r", Find(compiled, "other", $"/{fits}"));
        Assert.Equal("", Find(compiled, "other", $"/{fits}a"));
        Assert.Equal(1, compiled.RegexOverflows);
        Assert.Equal("h", new Request("h", "/") { Headers = [("X", fits + "a")] }.FindRule(compiled).Route);
        Assert.Equal(
            "r", new Request("h", "/") { Headers = [("x", fits), ("x", "a")] }.FindRule(compiled).Route);
        Assert.Equal("q", new Request("q", "/") { Query = $"x=%61{fits}" }.FindRule(compiled).Route);
        Assert.Equal("r", new Request("q", "/") { Query = $"x=aa{fits}" }.FindRule(compiled).Route);
        Assert.Equal(3, compiled.RegexOverflows);
    }

    [Fact]
    public void A_regular_expression_takes_the_whole_value_and_not_what_is_before_a_line_feed()
    {
        using CompiledSnapshot compiled = Compile(Sample.Route(
            "q", EveryHost, new Match { Query = [new ValueMatch("x", "a|ab", IsRegex: true)] }));
        Assert.Equal("q", new Request("h", "/") { Query = "x=ab" }.FindRule(compiled).Route);
        Assert.Equal("", new Request("h", "/") { Query = "x=ab%0A" }.FindRule(compiled).Route);
        Assert.Equal("", new Request("h", "/") { Query = "x=%0Aab" }.FindRule(compiled).Route);
    }

    [Fact]
    public void A_prefix_of_as_many_elements_as_allowed_is_found_under_a_longer_path()
    {
        string most = string.Concat(Enumerable.Repeat("/e", ConfigLimits.PrefixElements));
        using CompiledSnapshot compiled = Compile(
            Sample.Route("most", EveryHost, Sample.Prefix($"{most}/")),
            Sample.Route("root", EveryHost, Sample.Prefix("/")));
        Assert.Equal("most", Find(compiled, "h", most + "/e/e/e"));
        Assert.Equal("root", Find(compiled, "h", most[..^2]));
    }

    [Fact]
    public void Groups_are_listeners_that_share_address_and_port()
    {
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Of(
        [
            Sample.Listener(),
            Sample.Listener(name: "two") with { Addresses = ["192.0.2.1", "2001:db8::1"] },
            Sample.Listener("a.example", "three"),
            Sample.Listener(name: "four", port: 81),
        ]));
        Assert.Equal(4, compiled.GroupCount);
        Assert.Equal(0, compiled.FindGroup("", 80));
        Assert.Equal(1, compiled.FindGroup("192.0.2.1", 80));
        Assert.Equal(2, compiled.FindGroup("2001:DB8:0::1", 80));
        Assert.Equal(3, compiled.FindGroup("", 81));
        Assert.Equal(-1, compiled.FindGroup("", 82));
        Assert.Equal(2, new Request("a.example", "/").Find(compiled).ListenerIndex);
        Assert.Equal(1, new Request("a.example", "/").Find(compiled, group: 2).ListenerIndex);
        Assert.Equal(new RouteHit(-1, -1, 0), new Request("h", "/").Find(compiled, group: 4));
        Assert.Equal(new RouteHit(-1, -1, 0), new Request("h", "/").Find(compiled, group: -1));
    }

    private static CompiledSnapshot Compile(params HttpRoute[] routes) =>
        CompiledSnapshot.Compile(Sample.Of(routes));

    private static string Find(CompiledSnapshot compiled, string host, string path) =>
        new Request(host, path).FindRule(compiled).Route;
}
