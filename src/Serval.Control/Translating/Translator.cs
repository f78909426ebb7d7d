using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Control.Resolving;

namespace Serval.Control.Translating;

/// <summary>Graph to snapshot: what is accepted, sorted by name, and the clusters that it uses.</summary>
internal static class Translator
{
    public static Snapshot Translate(Graph graph)
    {
        ImmutableArray<Listener> listeners =
            [.. graph.Gateways.SelectMany(Listeners).OrderBy(l => l.Name, StringComparer.Ordinal)];
        HashSet<string> served = [.. listeners.Select(listener => listener.Name)];
        ImmutableArray<HttpRoute> routes =
        [
            .. graph.Routes.Select(route => Route(route, served))
                .OfType<HttpRoute>()
                .OrderBy(route => route.Name, StringComparer.Ordinal),
        ];
        string[] clusters =
        [
            .. routes.SelectMany(route => route.Rules)
                .SelectMany(rule => rule.Backends)
                .Select(backend => backend.Cluster)
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        return SnapshotVersion.Stamp(new Snapshot
        {
            Version = "unversioned",
            Listeners = listeners,
            Routes = routes,
            Clusters = [.. clusters.Select(name => new Cluster { Name = name })],
            EndpointSets = [.. clusters.Select(name => new EndpointSet(name, graph.Endpoints[name]))],
        });
    }

    private static IEnumerable<Listener> Listeners(ResolvedGateway gateway)
    {
        if (!gateway.Accepted.IsTrue)
            return [];
        return gateway.Listeners.Where(listener => listener.Accepted.IsTrue).Select(listener => new Listener
        {
            Name = listener.Name,
            Addresses = gateway.Addresses,
            Port = listener.Source.Port,
            Protocol = ListenerProtocol.Http,
            Hostname = listener.Source.Hostname,
        });
    }

    private static HttpRoute? Route(ResolvedRoute route, HashSet<string> served)
    {
        // Two parent references may lead to one listener; its hostnames are the same both times.
        ImmutableArray<Attachment> attachments =
        [
            .. route.Parents.SelectMany(parent => parent.Attachments)
                .Where(attachment => served.Contains(attachment.Listener))
                .DistinctBy(attachment => attachment.Listener, StringComparer.Ordinal)
                .OrderBy(attachment => attachment.Listener, StringComparer.Ordinal),
        ];
        if (attachments.IsEmpty)
            return null;
        return new HttpRoute
        {
            Name = route.Source.Key.Path,
            CreatedAtMs = route.Source.Metadata.CreatedAtMs,
            Attachments = attachments,
            Rules = route.Rules,
        };
    }
}
