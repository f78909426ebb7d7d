using Serval.Config.Model;

namespace Serval.DataPlane.Tests.Matching;

/// <summary>Routes of every kind of match, and a request that only the given one takes.</summary>
internal static class ManyRoutes
{
    public const int Count = 1_200;
    private const string Shared = "shared.example";

    /// <param name="port">Where the listener listens.</param>
    /// <param name="originPorts">Endpoints of the one cluster, on loopback.</param>
    /// <param name="filters">What every rule has.</param>
    public static Snapshot Build(int port, int[] originPorts, Filter[] filters) => new()
    {
        Version = "1",
        Listeners = [new Listener { Name = "web", Port = port, Protocol = ListenerProtocol.Http }],
        Routes = [.. Enumerable.Range(0, Count).Select(i => Route(i, filters))],
        Clusters = [new Cluster { Name = "c" }],
        EndpointSets =
        [
            new EndpointSet("c",
                [.. originPorts.Order().Select(origin => new Endpoint("127.0.0.1", origin))]),
        ],
    };

    /// <summary>Name of a route, sorted as its number.</summary>
    public static string Name(int route) => $"default/r{route:D5}";

    public static string Request(int route) => (route % 8) switch
    {
        0 => Head($"GET /x HTTP/1.1\r\nHost: H{route}.example:80\r\n"),
        1 => Head($"GET /x/y HTTP/1.1\r\nHost: a.b.w{route}.example\r\n"),
        2 => Head($"GET /exact/{route} HTTP/1.1\r\nHost: {Shared}\r\n"),
        3 => Head($"GET /p/{route}/x/y?z HTTP/1.1\r\nHost: {Shared}\r\n"),
        4 => Head($"GET /pattern/{route}/abc HTTP/1.1\r\nHost: {Shared}\r\n"),
        5 => Head($"PUT /m/{route} HTTP/1.1\r\nHost: {Shared}\r\nContent-Length: 0\r\n"),
        6 => Head($"GET /h HTTP/1.1\r\nHost: {Shared}\r\nX-Kind: k{route}\r\nX-Other: o7\r\n"),
        _ => Head($"GET /q?kind=k{route}&a=b&other=o%37 HTTP/1.1\r\nHost: {Shared}\r\n"),
    };

    private static string Head(string lines) => $"{lines}Accept: */*\r\n\r\n";

    private static HttpRoute Route(int route, Filter[] filters) => new()
    {
        Name = Name(route),
        Attachments = [new Attachment { Listener = "web", Hostnames = [Hostname(route)] }],
        Rules =
        [
            new HttpRule
            {
                Matches = [MatchOf(route)],
                Filters = [.. filters],
                Backends = [new WeightedCluster { Cluster = "c" }],
            },
        ],
    };

    private static string Hostname(int route) => (route % 8) switch
    {
        0 => $"h{route}.example",
        1 => $"*.w{route}.example",
        _ => Shared,
    };

    private static Match MatchOf(int route) => (route % 8) switch
    {
        0 or 1 => Prefix("/"),
        2 => new Match { Path = new PathMatch(PathMatchKind.Exact, $"/exact/{route}") },
        3 => Prefix($"/p/{route}"),
        4 => new Match { Path = new PathMatch(PathMatchKind.Regex, $"/pattern/{route}/[a-z]+") },
        5 => Prefix($"/m/{route}") with { Method = "PUT" },
        6 => Prefix("/h") with
        {
            Headers = [new ValueMatch("x-kind", $"k{route}"), new ValueMatch("x-other", "o[0-9]", true)],
        },
        _ => Prefix("/q") with
        {
            Query = [new ValueMatch("kind", $"k{route}"), new ValueMatch("other", "o[0-9]", true)],
        },
    };

    private static Match Prefix(string path) => new() { Path = new PathMatch(PathMatchKind.Prefix, path) };
}
