using System.Collections.Immutable;
using System.Globalization;
using Serval.Config.Model;
using Serval.Simulation.Tests.Running;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>Small snapshots for scenes.</summary>
internal static class SceneSnapshot
{
    private static long _versions;

    /// <summary>A listener on port 80 whose every path goes to a cluster with these endpoints.</summary>
    public static Snapshot Of(params string[] endpoints) => Of(new HttpRule(), endpoints);

    /// <summary>The same with a rule of the test's; its backends are filled in unless it has some.</summary>
    public static Snapshot Of(HttpRule rule, params string[] endpoints) => new()
    {
        Version = NextVersion(),
        Listeners = [ListenerOn(80)],
        Clusters = [new Cluster { Name = "c" }],
        EndpointSets = [SetOf("c", endpoints)],
        Routes = [RouteOf("r", "l80", rule)],
    };

    public static string NextVersion() =>
        Interlocked.Increment(ref _versions).ToString(CultureInfo.InvariantCulture);

    public static Listener ListenerOn(int port) => new()
    {
        Name = "l" + port.ToString(CultureInfo.InvariantCulture),
        Port = port,
        Protocol = ListenerProtocol.Http,
    };

    public static EndpointSet SetOf(string cluster, params string[] endpoints) =>
        new(cluster, [.. Array.ConvertAll(endpoints, address =>
            new Endpoint(address, SampleSnapshot.UpstreamPort))]);

    /// <summary>A cluster that has endpoints to fall back to.</summary>
    public static Snapshot WithFallback(string[] preferred, string[] fallback)
    {
        Snapshot snapshot = Of(preferred);
        EndpointSet set = snapshot.EndpointSets[0] with { Fallback = SetOf("c", fallback).Endpoints };
        return snapshot with { EndpointSets = [set] };
    }

    public static HttpRoute RouteOf(string name, string listener, params HttpRule[] rules) => new()
    {
        Name = name,
        Attachments = [new Attachment { Listener = listener }],
        Rules = [.. Array.ConvertAll(rules, rule => rule.Backends.IsEmpty
            ? rule with { Backends = [new WeightedCluster { Cluster = "c" }] } : rule)],
    };

    public static HttpRule RuleOf(string prefix, string cluster) => new()
    {
        Matches = [new Match { Path = new PathMatch(PathMatchKind.Prefix, prefix) }],
        Backends = [new WeightedCluster { Cluster = cluster }],
    };

    public static ImmutableArray<Filter> ResponseHeader(string name, string value) =>
        [new ResponseHeaderFilter(new HeaderEdits { Set = [new HeaderValue(name, value)] })];
}
