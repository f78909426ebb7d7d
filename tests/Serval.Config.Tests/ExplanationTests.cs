using Serval.Config.Compiling;
using Serval.Config.Model;

namespace Serval.Config.Tests;

public sealed class ExplanationTests
{
    [Fact]
    public void An_explanation_lists_what_was_tried_in_order()
    {
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Of(
            Sample.Route("get", ["a.example"], Sample.Prefix("/a") with { Method = "GET" }),
            Sample.Route(
                "header", ["a.example"], Sample.Exact("/a") with { Headers = [new ValueMatch("h", "1")] }),
            Sample.Route(
                "query", ["*.example"], Sample.Prefix("/a/") with { Query = [new ValueMatch("q", "1")] }),
            Sample.Route("regex", [], Sample.Pattern("/b")),
            Sample.Route("any", [], Sample.Pattern("/a|/c"))));
        RouteExplanation why = new Request("a.example", "/a") { Method = "PUT" }.Explain(compiled);
        Assert.Contains("web: it serves every host", why.Listener, StringComparison.Ordinal);
        Assert.Equal(["a.example", "*.example", "*"], why.Hostnames.ToArray());
        Assert.Equal(
            [
                new ExplainedRule(
                    "header", 0, "a.example", PathMatchKind.Exact, "/a", FailedPredicate.Header),
                new ExplainedRule("get", 0, "a.example", PathMatchKind.Prefix, "/a", FailedPredicate.Method),
                new ExplainedRule("query", 0, "*.example", PathMatchKind.Prefix, "/a", FailedPredicate.Query),
                new ExplainedRule("any", 0, "*", PathMatchKind.Regex, "/a|/c", FailedPredicate.None),
            ],
            why.Rules.ToArray());
        Assert.False(why.IsTruncated);
    }

    [Fact]
    public void An_explanation_lists_the_regular_expressions_that_were_tried_before_a_prefix()
    {
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Of(
            Sample.Route("prefix", ["a.example"], Sample.Prefix("/item")),
            Sample.Route("short", ["a.example"], Sample.Pattern("/item/x")),
            Sample.Route("long", ["a.example"], Sample.Pattern("/item/[0-9]+"))));
        Assert.Equal(
            ["long /item/[0-9]+ Path", "short /item/x Path", "prefix /item None"],
            new Request("a.example", "/item/abc").Explain(compiled).Rules
                .Select(r => $"{r.Route} {r.Path} {r.Failed}"));
    }

    [Fact]
    public void A_refused_rule_keeps_its_matches_and_has_no_backend()
    {
        HttpRoute route = Sample.Route("r", [], Sample.Prefix("/a"));
        HttpRule refused = route.Rules[0] with
        {
            IsRefused = true,
            Filters = [new RedirectFilter()],
            Backends = [new WeightedCluster { Cluster = "c" }],
        };
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Of(
            route with { Rules = [refused with { Matches = [] }, refused] }));
        RouteExplanation why = new Request("a.example", "/a").Explain(compiled);
        CompiledRule rule = compiled.Rule(why.Hit.RuleId);
        Assert.Equal((1, 0, -1), (rule.RuleIndex, rule.WeightTotal, rule.Filters.RedirectIndex));
        Assert.Equal(-1, new Request("a.example", "/b").Explain(compiled).Hit.RuleId);
    }

    [Fact]
    public void An_explanation_of_a_miss_lists_rules_with_another_path()
    {
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Of(
            Sample.Route("a", ["a.example"], Sample.Prefix("/a"), Sample.Exact("/b")),
            Sample.Route("c", ["*.example"], Sample.Prefix("/c")),
            Sample.Route("elsewhere", ["b.example"], Sample.Prefix("/"))));
        RouteExplanation why = new Request("a.example", "/x").Explain(compiled);
        Assert.Equal(-1, why.Hit.RuleId);
        Assert.Equal(
            ["a /a Path", "a /b Path", "c /c Path"], why.Rules.Select(r => $"{r.Route} {r.Path} {r.Failed}"));
    }

    [Fact]
    public void An_explanation_names_the_listener_or_says_that_there_is_none()
    {
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Of([Sample.Listener("*.example")]));
        Assert.Contains(
            "web: its hostname *.example", new Request("a.example", "/").Explain(compiled).Listener,
            StringComparison.Ordinal);
        Assert.Contains(
            "no listener of group 0", new Request("other", "/").Explain(compiled).Listener,
            StringComparison.Ordinal);
        Assert.Contains(
            "no listener group 7", new Request("other", "/").Explain(compiled, group: 7).Listener,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_explanation_is_truncated_and_keeps_the_rule_that_matched()
    {
        HttpRoute[] routes = [.. Enumerable.Range(0, 30).Select(i =>
            Sample.Route($"r{i:D2}", [], Sample.Prefix("/") with { Method = i == 29 ? "GET" : "PUT" }))];
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(Sample.Of(routes));
        RouteExplanation why = new Request("h", "/").Explain(compiled);
        Assert.True(why.IsTruncated);
        Assert.Equal(ConfigLimits.ExplainedRules, why.Rules.Length);
        Assert.Equal(("r29", FailedPredicate.None), (why.Rules[^1].Route, why.Rules[^1].Failed));
    }
}
