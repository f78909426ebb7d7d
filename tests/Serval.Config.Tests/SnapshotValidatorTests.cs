using System.Collections.Immutable;
using Serval.Common.Addressing;
using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Tests;

public sealed class SnapshotValidatorTests
{
    private static readonly string Long = new('a', 5_000);

    [Fact]
    public void A_full_snapshot_has_no_findings() => Assert.Empty(SnapshotValidator.Validate(Sample.Full()));

    public static TheoryData<string, string, string, Snapshot> Bad() => new()
    {
        { "Snapshot", "version", Reasons.InvalidValue, Full with { Version = "" } },
        { "Snapshot", "version", Reasons.InvalidValue, Full with { Version = new string('v', 129) } },
        { "Snapshot", "version", Reasons.InvalidValue, Full with { Version = "a\n" } },
        { "Snapshot", "listeners[1]", Reasons.Missing, Full with { Listeners = [Listener, null!] } },
        { "Listener #1", "name", Reasons.InvalidValue, WithSecond(l => l with { Name = "" }) },
        { "Listener #1", "name", Reasons.InvalidValue, WithSecond(l => l with { Name = null! }) },
        { "Listener web", "name", Reasons.Duplicate, WithSecond(l => l with { Name = "web" }) },
        { "Listener web", "port", Reasons.InvalidValue, With(Listener with { Port = 0 }) },
        { "Listener web", "port", Reasons.InvalidValue, With(Listener with { Port = 65_536 }) },
        { "Listener web", "protocol", Reasons.InvalidValue,
            With(Listener with { Protocol = (ListenerProtocol)9 }) },
        { "Listener web", "hostname", Reasons.InvalidValue, With(Listener with { Hostname = "A.example" }) },
        { "Listener web", "addresses[0]", Reasons.InvalidValue,
            With(Listener with { Addresses = ["127.1"] }) },
        { "Listener web", "addresses[0]", Reasons.InvalidValue, With(Listener with { Addresses = [null!] }) },
        { "Listener web", "addresses", Reasons.TooMany, With(Listener with { Addresses = Many("x", 65) }) },
        { "Listener two", "hostname", Reasons.Duplicate,
            WithSecond(l => l with { Name = "two", Port = 8080 }) },
        { "Snapshot", "clusters[1]", Reasons.Missing, Full with { Clusters = [Full.Clusters[0], null!] } },
        { "Cluster c", "name", Reasons.Duplicate,
            Full with { Clusters = [Full.Clusters[0], Full.Clusters[0]] } },
        { "Cluster c", "connectTimeoutMs", Reasons.InvalidValue, WithConnect(-1) },
        { "Cluster c", "connectTimeoutMs", Reasons.InvalidValue, WithConnect(60_001) },
        { "Snapshot", "endpointSets[0]", Reasons.Missing, Full with { EndpointSets = [null!] } },
        { "Snapshot", "endpointSets[0]", Reasons.Missing,
            Full with { EndpointSets = [new EndpointSet(null!, [])] } },
        { "EndpointSet x", "cluster", Reasons.NotFound,
            Full with { EndpointSets = [new EndpointSet("x", [])] } },
        { "EndpointSet c", "cluster", Reasons.Duplicate,
            Full with { EndpointSets = [new EndpointSet("c", []), new EndpointSet("c", [])] } },
        { "EndpointSet c", "endpoints[0]", Reasons.Missing, WithEndpoints((Endpoint)null!) },
        { "EndpointSet c", "endpoints[0].address", Reasons.InvalidValue,
            WithEndpoints(new Endpoint("host", 1)) },
        { "EndpointSet c", "endpoints[0].address", Reasons.InvalidValue,
            WithEndpoints(new Endpoint("fe80::1%2", 1)) },
        { "EndpointSet c", "endpoints[0].port", Reasons.InvalidValue, WithEndpoints(new Endpoint("::1", 0)) },
        { "EndpointSet c", "endpoints[1]", Reasons.Duplicate,
            WithEndpoints(new Endpoint("::1", 1), new Endpoint("::1", 1)) },
        { "EndpointSet c", "fallback[0]", Reasons.Duplicate, Full with
            {
                EndpointSets =
                [
                    new EndpointSet("c", [new Endpoint("::1", 1)]) { Fallback = [new Endpoint("::1", 1)] },
                ],
            }
        },
        { "Snapshot", "routes[0]", Reasons.Missing, Full with { Routes = [null!] } },
        { "HTTPRoute ns/r", "name", Reasons.Duplicate,
            Full with { Routes = [Full.Routes[0], Full.Routes[0]] } },
        { "HTTPRoute ns/r", "attachments[0]", Reasons.Missing, With(r => r with { Attachments = [null!] }) },
        { "HTTPRoute ns/r", "attachments[0].listener", Reasons.NotFound,
            With(r => r with { Attachments = [new Attachment { Listener = "x" }] }) },
        { "HTTPRoute ns/r", "attachments[0].hostnames[0]", Reasons.InvalidValue,
            With(r => r with { Attachments = [new Attachment { Listener = "web", Hostnames = ["a..b"] }] }) },
        { "HTTPRoute ns/r", "attachments[0].hostnames", Reasons.TooMany,
            With(r => r with { Attachments = [r.Attachments[0] with { Hostnames = Many("a", 1_025) }] }) },
        { "HTTPRoute ns/r", "attachments", Reasons.TooMany,
            With(r => r with { Attachments = Many(new Attachment { Listener = "web" }, 257) }) },
        { "HTTPRoute ns/r", "rules", Reasons.TooMany,
            With(r => r with { Rules = Many(new HttpRule(), 1_025) }) },
        { "HTTPRoute ns/r", "rules[0]", Reasons.Missing, With(r => r with { Rules = [null!] }) },
        { "HTTPRoute ns/r", "rules[0].matches", Reasons.TooMany,
            With(new HttpRule { Matches = Many(new Match(), 1_025) }) },
        { "HTTPRoute ns/r", "rules[0].matches[0]", Reasons.Missing,
            With(new HttpRule { Matches = [null!] }) },
        { "HTTPRoute ns/r", "rules[0].requestTimeoutMs", Reasons.InvalidValue,
            With(new HttpRule { RequestTimeoutMs = -2 }) },
        { "HTTPRoute ns/r", "rules[0].backendRequestTimeoutMs", Reasons.InvalidValue,
            With(new HttpRule { BackendRequestTimeoutMs = 86_400_001 }) },
        { "HTTPRoute ns/r", "rules[0].backends[0]", Reasons.Missing,
            With(new HttpRule { Backends = [null!] }) },
        { "HTTPRoute ns/r", "rules[0].backends", Reasons.TooMany,
            With(new HttpRule { Backends = Many(new WeightedCluster(), 1_025) }) },
        { "HTTPRoute ns/r", "rules[0].backends[0].cluster", Reasons.NotFound,
            With(new WeightedCluster { Cluster = "x" }) },
        { "HTTPRoute ns/r", "rules[0].backends[0].weight", Reasons.InvalidValue,
            With(new WeightedCluster { Weight = -1 }) },
        { "HTTPRoute ns/r", "rules[0].backends[0].weight", Reasons.InvalidValue,
            With(new WeightedCluster { Weight = 1_000_001 }) },
        { "HTTPRoute ns/r", "rules[0].backends[0].filters[0].status", Reasons.InvalidValue,
            With(new WeightedCluster { Filters = [new RedirectFilter { Status = 200 }] }) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.value", Reasons.InvalidValue,
            With(Sample.Prefix("a")) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.value", Reasons.InvalidValue,
            With(Sample.Exact("/a\n")) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.value", Reasons.InvalidValue,
            With(Sample.Exact("/a?b")) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.value", Reasons.InvalidValue,
            With(Sample.Exact("/" + Long)) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.value", Reasons.InvalidValue,
            With(Sample.Exact("/" + new string('\u00e9', 512))) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.value", Reasons.InvalidValue,
            With(Sample.Exact(null!)) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.value", Reasons.TooMany,
            With(Sample.Prefix(string.Concat(Enumerable.Repeat("/a", 64)))) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.kind", Reasons.InvalidValue,
            With(new Match { Path = new PathMatch((PathMatchKind)9, "/") }) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.value", Reasons.InvalidRegex,
            With(Sample.Pattern("(")) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.value", Reasons.InvalidRegex,
            With(Sample.Pattern("a)(?:b")) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.value", Reasons.InvalidRegex,
            With(Sample.Pattern(@"(a)\1")) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.value", Reasons.InvalidRegex,
            With(Sample.Pattern("(?=a)a")) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.value", Reasons.InvalidRegex,
            With(Sample.Pattern("((a{999}){999}){999}")) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.value", Reasons.InvalidRegex,
            With(Sample.Pattern(Long)) },
        { "HTTPRoute ns/r", "rules[0].matches[0].path.value", Reasons.InvalidRegex,
            With(Sample.Pattern(null!)) },
        { "HTTPRoute ns/r", "rules[0].matches[0].method", Reasons.InvalidValue,
            With(new Match { Method = "GE T" }) },
        { "HTTPRoute ns/r", "rules[0].matches[0].method", Reasons.InvalidValue,
            With(new Match { Method = "" }) },
        { "HTTPRoute ns/r", "rules[0].matches[0].headers", Reasons.TooMany,
            With(new Match { Headers = Many(new ValueMatch("a", "b"), 17) }) },
        { "HTTPRoute ns/r", "rules[0].matches[0].headers[0]", Reasons.Missing,
            With(new Match { Headers = [null!] }) },
        { "HTTPRoute ns/r", "rules[0].matches[0].headers[0].name", Reasons.InvalidValue,
            WithHeader("a b", "c") },
        { "HTTPRoute ns/r", "rules[0].matches[0].headers[0].value", Reasons.InvalidValue,
            WithHeader("a", "c\r") },
        { "HTTPRoute ns/r", "rules[0].matches[0].headers[0].value", Reasons.InvalidValue,
            WithHeader("a", "c\t") },
        { "HTTPRoute ns/r", "rules[0].matches[0].headers[0].value", Reasons.InvalidValue,
            WithHeader("a", null!) },
        { "HTTPRoute ns/r", "rules[0].matches[0].headers[0].value", Reasons.InvalidRegex,
            With(new Match { Headers = [new ValueMatch("a", "[", IsRegex: true)] }) },
        { "HTTPRoute ns/r", "rules[0].matches[0].headers[1].name", Reasons.Duplicate,
            With(new Match { Headers = [new ValueMatch("a", "b"), new ValueMatch("A", "b")] }) },
        { "HTTPRoute ns/r", "rules[0].matches[0].query[0].name", Reasons.InvalidValue,
            With(new Match { Query = [new ValueMatch("", "b")] }) },
        { "HTTPRoute ns/r", "rules[0].matches[0].query[0].value", Reasons.InvalidValue,
            With(new Match { Query = [new ValueMatch("a", null!)] }) },
        { "HTTPRoute ns/r", "rules[0].filters", Reasons.TooMany,
            With(new HttpRule { Filters = Many<Filter>(new RequestHeaderFilter(new HeaderEdits()), 17) }) },
        { "HTTPRoute ns/r", "rules[0].filters", Reasons.Conflict,
            With(new RedirectFilter(), new RewriteFilter()) },
        { "HTTPRoute ns/r", "rules[0].filters", Reasons.Conflict,
            With(
                new RewriteFilter { Hostname = "a.test" },
                new RequestHeaderFilter(new HeaderEdits { Set = [new HeaderValue("Host", "b.test")] })) },
        { "HTTPRoute ns/r", "rules[0].filters[0]", Reasons.InvalidValue,
            With(new MirrorFilter { Numerator = 2, Denominator = 1 }) },
        { "HTTPRoute ns/r", "rules[0].filters[0]", Reasons.InvalidValue,
            With(new MirrorFilter { Numerator = 0, Denominator = 0 }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].cluster", Reasons.NotFound,
            With(new MirrorFilter { Cluster = "nowhere" }) },
        { "HTTPRoute ns/r", "rules[0].backends[0].filters[0]", Reasons.Conflict,
            With(new WeightedCluster { Filters = [new MirrorFilter { Cluster = "c" }] }) },
        { "HTTPRoute ns/r", "rules[0].retry.codes[1]", Reasons.InvalidValue,
            With(new HttpRule { Retry = new RetryPolicy { Codes = [599, 600] } }) },
        { "HTTPRoute ns/r", "rules[0].retry.codes", Reasons.TooMany,
            With(new HttpRule { Retry = new RetryPolicy { Codes = Many(500, 201) } }) },
        { "HTTPRoute ns/r", "rules[0].retry.attempts", Reasons.InvalidValue,
            With(new HttpRule { Retry = new RetryPolicy { Attempts = 0 } }) },
        { "HTTPRoute ns/r", "rules[0].retry.attempts", Reasons.InvalidValue,
            With(new HttpRule { Retry = new RetryPolicy { Attempts = 11 } }) },
        { "HTTPRoute ns/r", "rules[0].retry.backoffMs", Reasons.InvalidValue,
            With(new HttpRule { Retry = new RetryPolicy { BackoffMs = 60_001 } }) },
        { "HTTPRoute ns/r", "rules[0].filters", Reasons.Conflict, With(new CorsFilter(), new CorsFilter()) },
        { "HTTPRoute ns/r", "rules[0].filters[0].allowOrigins[1]", Reasons.InvalidValue,
            With(new CorsFilter { AllowOrigins = ["*", "https://a.example:0"] }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].allowOrigins[0]", Reasons.InvalidValue,
            With(new CorsFilter { AllowOrigins = ["https://a.example:000443"] }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].allowOrigins[0]", Reasons.InvalidValue,
            With(new CorsFilter { AllowOrigins = ["https://a\r\nX: y"] }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].allowOrigins[0]", Reasons.InvalidValue,
            With(new CorsFilter { AllowOrigins = ["https://" + Long[..265]] }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].allowOrigins", Reasons.TooMany,
            With(new CorsFilter { AllowOrigins = Many("*", 65) }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].allowMethods[0]", Reasons.InvalidValue,
            With(new CorsFilter { AllowMethods = ["GET, PUT"] }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].allowHeaders[0]", Reasons.InvalidValue,
            With(new CorsFilter { AllowHeaders = ["a\r\nb"] }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].allowHeaders", Reasons.TooMany,
            With(new CorsFilter { AllowHeaders = Many(Long[..256], 32) }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].exposeHeaders[0]", Reasons.InvalidValue,
            With(new CorsFilter { ExposeHeaders = [null!] }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].maxAgeSeconds", Reasons.InvalidValue,
            With(new CorsFilter { MaxAgeSeconds = 0 }) },
        { "HTTPRoute ns/r", "rules[0].backends[0].filters[0]", Reasons.Conflict,
            With(new WeightedCluster { Filters = [new CorsFilter()] }) },
        { "HTTPRoute ns/r", "rules[0].filters[0]", Reasons.Missing, With((Filter)null!) },
        { "HTTPRoute ns/r", "rules[0].filters[0].edits", Reasons.Missing,
            With(new ResponseHeaderFilter(null!)) },
        { "HTTPRoute ns/r", "rules[0].filters[0].edits.set[0].name", Reasons.InvalidValue,
            With(new RequestHeaderFilter(new HeaderEdits { Set = [new HeaderValue("a:", "b")] })) },
        { "HTTPRoute ns/r", "rules[0].filters[0].edits.add[0].value", Reasons.InvalidValue,
            With(new RequestHeaderFilter(new HeaderEdits { Add = [new HeaderValue("a", "b\r\nc: d")] })) },
        { "HTTPRoute ns/r", "rules[0].filters[0].edits.add[0].value", Reasons.InvalidValue,
            With(new RequestHeaderFilter(new HeaderEdits { Add = [new HeaderValue("a", "\0")] })) },
        { "HTTPRoute ns/r", "rules[0].filters[0].edits.remove[0]", Reasons.InvalidValue,
            With(new RequestHeaderFilter(new HeaderEdits { Remove = [""] })) },
        { "HTTPRoute ns/r", "rules[0].filters[0].edits.remove", Reasons.TooMany,
            With(new RequestHeaderFilter(new HeaderEdits { Remove = Many("a", 65) })) },
        { "HTTPRoute ns/r", "rules[0].filters[0].edits.set", Reasons.TooMany,
            With(new RequestHeaderFilter(new HeaderEdits { Set = Many(new HeaderValue("a", "b"), 65) })) },
        { "HTTPRoute ns/r", "rules[0].filters[0].scheme", Reasons.InvalidValue,
            With(new RedirectFilter { Scheme = "ftp" }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].port", Reasons.InvalidValue,
            With(new RedirectFilter { Port = 0 }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].status", Reasons.InvalidValue,
            With(new RedirectFilter { Status = 304 }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].hostname", Reasons.InvalidValue,
            With(new RedirectFilter { Hostname = "*.example" }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].hostname", Reasons.InvalidValue,
            With(new RewriteFilter { Hostname = "a_b" }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].path.value", Reasons.InvalidValue,
            With(new RewriteFilter { Path = new PathChange(PathChangeKind.ReplaceFull, "x") }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].path.kind", Reasons.InvalidValue,
            With(new RewriteFilter { Path = new PathChange((PathChangeKind)9, "/") }) },
        { "HTTPRoute ns/r", "rules[0].filters[0].path.kind", Reasons.Conflict, With(new HttpRule
            {
                Matches = [Sample.Exact("/a")],
                Filters = [new RewriteFilter { Path = new PathChange(PathChangeKind.ReplacePrefix, "/") }],
            })
        },
    };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public void Each_problem_is_a_finding_that_names_object_field_and_remedy(
        string subject, string field, string reason, Snapshot snapshot)
    {
        Finding[] findings = [.. SnapshotValidator.Validate(snapshot)];
        Assert.Contains(findings, f => (f.Subject, f.Field, f.Reason) == (subject, field, reason));
        Assert.All(findings, f => Assert.True(f.Severity == Severity.Error && f.Message.Length > 5));
        Assert.Throws<ArgumentException>(() => CompiledSnapshot.Compile(snapshot));
    }

    [Theory]
    [InlineData("b.test", true)]
    [InlineData("B.test:8080", true)]
    [InlineData("10.0.0.1:1", true)]
    [InlineData("[2001:db8::1]", true)]
    [InlineData("[2001:db8::1]:65535", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData("[10.0.0.1]", false)]
    [InlineData("b.test:", false)]
    [InlineData("b.test:0", false)]
    [InlineData("b.test:65536", false)]
    [InlineData("b.test/", false)]
    [InlineData("user@b.test", false)]
    [InlineData("a.test, b.test", false)]
    [InlineData("", false)]
    public void A_filter_sets_the_host_to_a_name_or_an_address(string value, bool isValid)
    {
        Finding[] findings = [.. SnapshotValidator.Validate(With(new RequestHeaderFilter(
            new HeaderEdits { Set = [new HeaderValue("host", value)] })))];
        Assert.Equal(isValid, findings.Length == 0);
        Assert.All(findings, finding => Assert.Equal(
            (Severity.Error, "rules[0].filters[0].edits.set[0].value", Reasons.InvalidValue),
            (finding.Severity, finding.Field, finding.Reason)));
    }

    [Fact]
    public void Edits_of_headers_that_filters_cannot_change_are_warnings()
    {
        HeaderEdits edits = new()
        {
            Set = [new HeaderValue("Connection", "close")],
            Add = [new HeaderValue("Host", "b.test")],
            Remove = ["transfer-encoding"],
        };
        Finding[] findings = [.. SnapshotValidator.Validate(With(new RequestHeaderFilter(edits)))];
        Assert.All(findings, f => Assert.Equal(
            (Severity.Warning, Reasons.NoEffect), (f.Severity, f.Reason)));
        Assert.Equal(
            ["set[0].name", "add[0].name", "remove[0]"],
            findings.Select(f => f.Field["rules[0].filters[0].edits.".Length..]));
    }

    [Fact]
    public void Warnings_leave_room_for_errors()
    {
        HttpRoute route = With(new RequestHeaderFilter(new HeaderEdits { Remove = ["TE"] })).Routes[0];
        Snapshot snapshot = Full with
        {
            Routes = [.. Enumerable.Range(0, 2_000).Select(i => route with { Name = $"r/{i}" })],
            EndpointSets = [new EndpointSet("missing", [])],
        };
        Assert.Contains(SnapshotValidator.Validate(snapshot), f => f.Severity == Severity.Error);
        Assert.Null(ValidSnapshot.TryCreate(snapshot, null, out _));
    }

    [Fact]
    public void Findings_are_bounded()
    {
        ImmutableArray<Finding> findings = SnapshotValidator.Validate(
            Full with { Clusters = Many(new Cluster { Name = "" }, 2_000) });
        Assert.Equal(ConfigLimits.Findings + 1, findings.Length);
        Assert.Equal(Reasons.TooMany, findings[^1].Reason);
    }

    [Fact]
    public void Absent_arrays_and_nulls_are_survived()
    {
        Assert.Single(SnapshotValidator.Validate(null!));
        Assert.Empty(SnapshotValidator.Validate(new Snapshot
        {
            Version = "1",
            Listeners = default,
            Routes = default,
            Clusters = default,
            EndpointSets = default,
        }));
        Snapshot hollow = Sample.Of(Sample.Route("r", []) with
        {
            Attachments = [new Attachment { Listener = "web", Hostnames = default }],
            Rules = [new HttpRule { Matches = [new Match { Headers = default, Query = default }],
                Backends = default }],
        });
        using CompiledSnapshot compiled =
            CompiledSnapshot.Compile(hollow with { EndpointSets = [new EndpointSet("c", default)] });
        Assert.Equal("r", new Request("h", "/").FindRule(compiled).Route);
        _ = SnapshotValidator.Validate(
            With(new HttpRule { Matches = default, Filters = default, Backends = default }));
        _ = SnapshotValidator.Validate(
            With(r => r with { Name = null!, Attachments = default, Rules = default }));
        _ = SnapshotValidator.Validate(With(new RequestHeaderFilter(
            new HeaderEdits { Set = [null!], Add = [new HeaderValue(null!, null!)], Remove = [null!] })));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("*.a", true)]
    [InlineData("a-b.c0", true)]
    [InlineData("xn--bcher-kva.example", true)]
    [InlineData("*", false)]
    [InlineData("*.*.a", false)]
    [InlineData("a.*", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a.", false)]
    [InlineData(".a", false)]
    [InlineData("a_b", false)]
    [InlineData("a:80", false)]
    [InlineData("", false)]
    public void Hostnames_are_lower_case_labels(string hostname, bool isHostname) =>
        Assert.Equal(isHostname, Syntax.IsHostnamePattern(hostname));

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("::", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:DB8::1", false)]
    [InlineData("2001:db8:0::1", false)]
    [InlineData("192.0.2.01", false)]
    [InlineData("::ffff:192.0.2.1", false)]
    [InlineData("fe80::1%eth0", false)]
    [InlineData("[::1]", false)]
    [InlineData("3221225985", false)]
    public void Addresses_have_one_spelling(string address, bool isAddress) =>
        Assert.Equal(isAddress, IpLiteral.IsCanonical(address));

    [Fact]
    public void Limits_fit_the_tables_that_they_bound()
    {
        Assert.True((long)ConfigLimits.BackendsPerRule * ConfigLimits.Weight <= int.MaxValue);
        Assert.True(ConfigLimits.PrefixElements < 64);
        Assert.True(ConfigLimits.HeadersPerMatch < 256 && ConfigLimits.QueryPerMatch < 256);
        Assert.True(ConfigLimits.LabelBytes < ConfigLimits.HostnameBytes);
        Assert.True(ConfigLimits.PathBytes <= ConfigLimits.RegexInputBytes);
        Assert.EndsWith($" {ConfigLimits.PathBytes:N0} bytes", Syntax.PathRule, StringComparison.Ordinal);
        string valueBytes = $" {ConfigLimits.ValueBytes:N0} bytes";
        Assert.EndsWith(valueBytes, Syntax.FieldValueRule, StringComparison.Ordinal);
        Assert.True(ConfigLimits.ValueBytes <= ConfigLimits.RegexInputBytes);
        Assert.True(ConfigLimits.ConnectTimeoutMs <= ConfigLimits.TimeoutMs);
        Assert.True(ConfigLimits.Routes <= ConfigLimits.CandidatesPerSnapshot);
    }

    private static Snapshot Full { get; } = Sample.Full();

    private static Listener Listener => Full.Listeners[0];

    private static ImmutableArray<T> Many<T>(T item, int count) => [.. Enumerable.Repeat(item, count)];

    private static Snapshot With(Listener listener) => Full with { Listeners = [listener] };

    private static Snapshot WithSecond(Func<Listener, Listener> change) =>
        Full with { Listeners = [Listener, change(Listener)] };

    private static Snapshot WithConnect(int timeoutMs) =>
        Full with { Clusters = [new Cluster { Name = "c", ConnectTimeoutMs = timeoutMs }] };

    private static Snapshot WithEndpoints(params Endpoint[] endpoints) =>
        Full with { EndpointSets = [new EndpointSet("c", [.. endpoints])] };

    private static Snapshot With(Func<HttpRoute, HttpRoute> change) =>
        Full with { Routes = [change(Full.Routes[0])] };

    private static Snapshot With(HttpRule rule) => With(r => r with { Rules = [rule] });

    private static Snapshot With(Match match) => With(new HttpRule { Matches = [match] });

    private static Snapshot WithHeader(string name, string value) =>
        With(new Match { Headers = [new ValueMatch(name, value)] });

    private static Snapshot With(WeightedCluster backend) => With(new HttpRule { Backends = [backend] });

    private static Snapshot With(params Filter[] filters) => With(new HttpRule { Filters = [.. filters] });
}
