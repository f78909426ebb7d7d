using System.Collections.Immutable;
using Serval.Config.Model;

namespace Serval.Config.Tests;

/// <summary>Small snapshots.</summary>
internal static class Sample
{
    public static Listener Listener(string? hostname = null, string name = "web", int port = 80) =>
        new() { Name = name, Port = port, Protocol = ListenerProtocol.Http, Hostname = hostname };

    public static HttpRoute Route(string name, string[] hostnames, params Match[] matches) => new()
    {
        Name = name,
        Attachments = [new Attachment { Listener = "web", Hostnames = [.. hostnames] }],
        Rules = [new HttpRule { Matches = [.. matches], Backends = [new WeightedCluster { Cluster = "c" }] }],
    };

    public static Match Prefix(string path) => new() { Path = new PathMatch(PathMatchKind.Prefix, path) };

    public static Match Exact(string path) => new() { Path = new PathMatch(PathMatchKind.Exact, path) };

    public static Match Pattern(string path) => new() { Path = new PathMatch(PathMatchKind.Regex, path) };

    public static Snapshot Of(params HttpRoute[] routes) => Of([Listener()], routes);

    public static Snapshot Of(ImmutableArray<Listener> listeners, params HttpRoute[] routes) => new()
    {
        Version = "1",
        Listeners = listeners,
        Routes = [.. routes],
        Clusters = [new Cluster { Name = "c" }],
        EndpointSets = [new EndpointSet("c", [new Endpoint("192.0.2.1", 8080)])],
    };

    /// <summary>One of everything, at values that are not the initial ones.</summary>
    public static Snapshot Full()
    {
        HeaderEdits edits = new()
        {
            Set = [new HeaderValue("X-Set", "a+b <\u00e9>")],
            Add = [new HeaderValue("X-Add", "")],
            Remove = ["X-Remove"],
        };
        HttpRule rule = new()
        {
            Name = "first",
            Matches =
            [
                new Match
                {
                    Path = new PathMatch(PathMatchKind.Prefix, "/a/"),
                    Method = "POST",
                    Headers =
                    [
                        new ValueMatch("version", "v2"),
                        new ValueMatch("x-r", "[a-z]+", IsRegex: true),
                    ],
                    Query = [new ValueMatch("Q", "\u00e9 &")],
                },
                new Match(),
            ],
            Filters =
            [
                new RequestHeaderFilter(edits),
                new ResponseHeaderFilter(edits),
                new RewriteFilter
                {
                    Hostname = "up.example",
                    Path = new PathChange(PathChangeKind.ReplacePrefix, "/b"),
                },
                new MirrorFilter { Cluster = "c", Numerator = 1, Denominator = 3 },
                new CorsFilter
                {
                    AllowOrigins = ["https://*.example", "http://a.example:81"],
                    AllowCredentials = true,
                    AllowMethods = ["GET"],
                    AllowHeaders = ["X-A", "X-B"],
                    ExposeHeaders = ["X-C"],
                    MaxAgeSeconds = 60,
                },
            ],
            Backends =
            [
                new WeightedCluster { Cluster = "c", Weight = 0, Filters = [new RequestHeaderFilter(edits)] },
                new WeightedCluster { Weight = 7 },
            ],
            RequestTimeoutMs = 10,
            BackendRequestTimeoutMs = 5,
            Retry = new RetryPolicy { Codes = [500, 503], Attempts = 3, BackoffMs = 7 },
        };
        RedirectFilter redirect = new()
        {
            Scheme = "https",
            Hostname = "to.example",
            Port = 8443,
            Path = new PathChange(PathChangeKind.ReplaceFull, "/x"),
            Status = 308,
        };
        return new Snapshot
        {
            Version = "v-1",
            Listeners =
            [
                new Listener
                {
                    Name = "web",
                    Addresses = ["192.0.2.1", "2001:db8::1"],
                    Port = 8080,
                    Protocol = ListenerProtocol.Http,
                    Hostname = "*.example",
                },
            ],
            Routes =
            [
                new HttpRoute
                {
                    Name = "ns/r",
                    CreatedAtMs = 1_700_000_000_000,
                    Attachments = [new Attachment { Listener = "web", Hostnames = ["a.example"] }],
                    Rules = [rule, new HttpRule { Filters = [redirect] }],
                },
            ],
            Clusters = [new Cluster { Name = "c", ConnectTimeoutMs = 1 }],
            EndpointSets =
                [new EndpointSet("c", [new Endpoint("192.0.2.9", 1), new Endpoint("2001:db8::9", 2)])],
        };
    }
}
