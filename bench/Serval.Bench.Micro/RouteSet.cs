using System.Collections.Immutable;
using System.Globalization;
using Serval.Config.Model;

namespace Serval.Bench.Micro;

/// <summary>Snapshots of any number of routes, with a cluster for every hundred of them.</summary>
internal static class RouteSet
{
    private const int RoutesPerCluster = 100;
    private const string SharedHost = "shop.example";

    public static Snapshot Build(int routes, RouteShape shape, int port = 8080)
    {
        int clusters = Math.Max(1, routes / RoutesPerCluster);
        return new Snapshot
        {
            Version = "1",
            Listeners = [new Listener { Name = "web", Port = port, Protocol = ListenerProtocol.Http }],
            Routes = [.. Enumerable.Range(0, routes).Select(i => Route(i, i % clusters, shape))],
            Clusters = [.. Enumerable.Range(0, clusters).Select(i => new Cluster { Name = $"c{i}" })],
            EndpointSets = [.. Enumerable.Range(0, clusters).Select(i => Endpoints(i, 9000))],
        };
    }

    /// <summary>The same with another port of one endpoint.</summary>
    public static Snapshot WithEndpointChanged(Snapshot snapshot, int port) => snapshot with
    {
        Version = port.ToString(CultureInfo.InvariantCulture),
        EndpointSets = snapshot.EndpointSets.SetItem(0, Endpoints(0, port)),
    };

    public static string Host(int route, RouteShape shape) =>
        shape == RouteShape.ByHost ? $"h{route}.shop.example" : SharedHost;

    public static string Path(int route, RouteShape shape) =>
        shape == RouteShape.ByHost ? "/" : $"/department/{route}";

    private static EndpointSet Endpoints(int cluster, int port) =>
        new($"c{cluster}", [new Endpoint($"10.0.{cluster / 250}.{(cluster % 250) + 1}", port)]);

    private static HttpRoute Route(int route, int cluster, RouteShape shape)
    {
        PathMatch path = new(PathMatchKind.Prefix, Path(route, shape));
        ImmutableArray<string> hostnames = [Host(route, shape)];
        return new HttpRoute
        {
            Name = $"default/r{route}",
            Attachments = [new Attachment { Listener = "web", Hostnames = hostnames }],
            Rules =
            [
                new HttpRule
                {
                    Matches = [new Match { Path = path }],
                    Backends = [new WeightedCluster { Cluster = $"c{cluster}" }],
                },
            ],
        };
    }
}
