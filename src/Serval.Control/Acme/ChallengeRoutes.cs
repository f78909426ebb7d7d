using System.Collections.Immutable;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Acme;

/// <summary>
/// The objects that lead challenges to <see cref="ChallengeServer"/>: for each Gateway with an HTTP listener
/// a route by exact path, which comes before every prefix and so before redirects to HTTPS.
/// </summary>
internal static class ChallengeRoutes
{
    private const string Name = "serval-acme-challenges";
    private const int ServicePort = 80;

    /// <summary>Whether a Gateway has an HTTP listener for a hostname, whatever its port.</summary>
    /// <param name="objects">Those of the files.</param>
    /// <param name="name">The hostname, without a wildcard.</param>
    public static bool CanReach(ImmutableArray<Resource> objects, string name) =>
        objects.OfType<GatewayResource>().SelectMany(gateway => gateway.Spec.Listeners).Any(listener =>
            listener.Protocol == "HTTP" && Admits(listener.Hostname, name));

    /// <summary>The objects; none without a challenge.</summary>
    /// <param name="objects">Those of the files.</param>
    /// <param name="challenges">Tokens that wait for an answer, by token, and the hostnames of each.</param>
    /// <param name="port">Where the answers are.</param>
    public static ImmutableArray<Resource> Of(
        ImmutableArray<Resource> objects, IReadOnlyDictionary<string, string> challenges, int port)
    {
        if (challenges.Count == 0)
            return [];
        ImmutableArray<Resource>.Builder made = ImmutableArray.CreateBuilder<Resource>();
        HashSet<string> namespaces = new(StringComparer.Ordinal);
        foreach (GatewayResource gateway in objects.OfType<GatewayResource>()
            .Where(gateway => gateway.Spec.Listeners.Any(listener => listener.Protocol == "HTTP")))
        {
            string space = gateway.Metadata.Namespace;
            if (namespaces.Add(space))
            {
                made.Add(ServiceIn(space));
                made.Add(SliceIn(space, port));
            }
            made.Add(RouteTo(gateway, challenges));
        }
        return made.ToImmutable();
    }

    private static bool Admits(string? hostname, string name) =>
        string.IsNullOrEmpty(hostname) || hostname == name
        || (hostname.StartsWith("*.", StringComparison.Ordinal)
            && name.EndsWith(hostname[1..], StringComparison.Ordinal));

    private static HttpRouteResource RouteTo(
        GatewayResource gateway, IReadOnlyDictionary<string, string> challenges)
    {
        RouteRule rule = new()
        {
            Matches = [.. challenges.Keys.Order(StringComparer.Ordinal).Select(MatchOf)],
            BackendRefs = [new BackendReference { Name = Name, Port = ServicePort }],
        };
        return new HttpRouteResource
        {
            Metadata = MetaOf(gateway.Metadata.Namespace, $"{Name}-{gateway.Metadata.Name}"),
            Spec = new HttpRouteSpec
            {
                ParentRefs = [new ParentReference { Name = gateway.Metadata.Name }],
                Hostnames = [.. challenges.Values.Distinct().Order(StringComparer.Ordinal)],
                Rules = [rule],
            },
        };
    }

    private static RouteMatch MatchOf(string token) =>
        new() { Path = new RoutePathMatch { Type = "Exact", Value = ChallengeServer.Path + token } };

    private static ServiceResource ServiceIn(string @namespace) => new()
    {
        Metadata = MetaOf(@namespace, Name),
        Spec = new ServiceSpec { Ports = [new ServicePort { Name = "http", Port = ServicePort }] },
    };

    private static EndpointSliceResource SliceIn(string @namespace, int port) => new()
    {
        Metadata = MetaOf(@namespace, Name) with
        {
            Labels = ImmutableDictionary<string, string>.Empty.Add(Labels.ServiceName, Name),
        },
        AddressType = "IPv4",
        Ports = [new SlicePort { Name = "http", Port = port }],
        Endpoints = [new SliceEndpoint { Addresses = ["127.0.0.1"] }],
    };

    private static ObjectMeta MetaOf(string @namespace, string name) =>
        new() { Name = name, Namespace = @namespace };
}
