using System.Collections.Immutable;
using Serval.Common;
using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>
/// Attaches a route of any kind to the listeners of one parent: section and port, kind and namespace,
/// hostname, listeners that are served. Each step narrows the listeners; the first that leaves none gives the
/// reason.
/// </summary>
internal static class RouteAttacher
{
    private const int ListenersNamed = 8;

    /// <summary>What becomes of one parent reference, by what the listeners say.</summary>
    public static ResolvedParent Attach(
        ObjectReader reader, RouteResource route, ParentReference parent, ListenerGroup group)
    {
        ResolvedListener[] named =
        [
            .. group.Listeners.Where(listener =>
                (parent.SectionName is null || listener.Source.Name == parent.SectionName)
                && (parent.Port is null || listener.Source.Port == parent.Port)),
        ];
        if (named.Length == 0)
        {
            return Refuse(parent, group, Reason.NoMatchingParent,
                $"{group.Key} has no listener of that name and port{ListenersOf(group, parent)}.");
        }
        ResolvedListener[] allowing = [.. named.Where(listener => IsAllowed(reader, route, group, listener))];
        if (allowing.Length == 0 && !RouteKinds.IsServed(route.KindName))
        {
            return Refuse(parent, group, Reason.NotAllowedByListeners,
                $"Serval does not serve {route.KindName}s, so no listener takes this route.");
        }
        if (allowing.Length == 0)
        {
            return Refuse(parent, group, Reason.NotAllowedByListeners,
                $"No listener of {group.Key} allows {route.KindName}s of namespace "
                + $"{route.Metadata.Namespace}; see allowedRoutes.");
        }
        (ResolvedListener Listener, Attachment Attachment)[] attached =
            [.. allowing.SelectMany(listener => Attachments(listener, route))];
        if (attached.Length == 0)
        {
            return Refuse(parent, group, Reason.NoMatchingListenerHostname,
                $"No hostname of the route is one that a listener of {group.Key} serves.");
        }
        if (!group.IsAccepted || !attached.Any(pair => pair.Listener.Accepted.IsTrue))
        {
            return Refuse(parent, group, Reason.NoReadyListeners,
                $"No listener of {group.Key} that takes the route is accepted; see its status.");
        }
        return new ResolvedParent
        {
            Source = parent,
            Gateway = group.Gateway,
            Accepted = Verdict.Yes(Reason.Accepted, "The route is accepted."),
            ResolvedRefs = null,
            Attachments = [.. attached.Select(pair => pair.Attachment)],
            Served =
                [.. attached.Where(pair => pair.Listener.IsServed).Select(pair => pair.Attachment)],
        };
    }

    private static string ListenersOf(ListenerGroup group, ParentReference parent)
    {
        string? near = parent.SectionName is null
            ? null
            : Spelling.FindNearest(
                group.Listeners.Select(listener => listener.Source.Name), parent.SectionName);
        if (near is not null && near != parent.SectionName)
            return $"; perhaps {near} was meant";
        string names = string.Join(", ", group.Listeners.Take(ListenersNamed)
            .Select(listener => $"{listener.Source.Name} ({listener.Source.Port})"));
        return names.Length == 0 ? "" : $"; it has {names}";
    }

    private static bool IsAllowed(
        ObjectReader reader, RouteResource route, ListenerGroup group, ResolvedListener listener) =>
        listener.RouteKinds.Contains(route.KindName) && NamespaceSelector.Allows(
            reader, listener.Source.AllowedRoutes.Namespaces, group.Key.Namespace, route.Metadata.Namespace);

    private static IEnumerable<(ResolvedListener Listener, Attachment Attachment)> Attachments(
        ResolvedListener listener, RouteResource route)
    {
        ImmutableArray<string> hostnames =
            Hostnames.Intersect(listener.Source.Hostname, route.Attaching.Hostnames);
        if (!hostnames.IsDefault)
            yield return (listener, new Attachment { Listener = listener.Name, Hostnames = hostnames });
    }

    private static ResolvedParent Refuse(
        ParentReference parent, ListenerGroup group, string reason, string message)
    {
        return new ResolvedParent
        {
            Source = parent,
            Gateway = group.Gateway,
            Accepted = Verdict.No(reason, message),
            ResolvedRefs = null,
            Attachments = [],
            Served = [],
        };
    }
}
