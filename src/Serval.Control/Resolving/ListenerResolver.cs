using Serval.Config;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>Decides about one listener by itself.</summary>
internal static class ListenerResolver
{
    public static ResolvedListener Resolve(
        GatewayResource gateway, GatewayListener listener, int index, FindingList findings)
    {
        string field = $"spec.listeners[{index}]";
        string name = $"{gateway.Metadata.Namespace}/{gateway.Metadata.Name}/{listener.Name}";
        Verdict accepted = Verdict.Yes(Reason.Accepted, "The listener is accepted.");
        if (listener.Protocol != "HTTP")
        {
            accepted = Verdict.No(Reason.UnsupportedProtocol,
                $"Protocol {listener.Protocol} is not supported; use HTTP.");
            findings.Error($"{field}.protocol", accepted.Reason, accepted.Message);
        }
        else if (name.Length > ConfigLimits.NameLength)
        {
            accepted = Verdict.No(Reason.Invalid,
                $"'{name}' is longer than {ConfigLimits.NameLength} characters; shorten a part.");
            findings.Error($"{field}.name", accepted.Reason, accepted.Message);
        }

        RouteGroupKind[] unsupported = [.. listener.AllowedRoutes.Kinds.Where(kind => !IsHttpRoute(kind))];
        Verdict resolvedRefs = Verdict.Yes(Reason.ResolvedRefs, "All references are resolved.");
        if (unsupported.Length > 0 && accepted.IsTrue)
        {
            string names = string.Join(", ", unsupported.Select(kind => $"{kind.Group}/{kind.Kind}"));
            resolvedRefs = Verdict.No(Reason.InvalidRouteKinds,
                $"Routes of kind {names} cannot attach to an HTTP listener; remove it.");
            findings.Error($"{field}.allowedRoutes.kinds", resolvedRefs.Reason, resolvedRefs.Message);
        }
        bool allowsHttpRoutes = listener.AllowedRoutes.Kinds.Count == 0
            || listener.AllowedRoutes.Kinds.Any(IsHttpRoute);
        return new ResolvedListener
        {
            Source = listener,
            Name = name,
            Accepted = accepted,
            Conflicted = Verdict.No(Reason.NoConflicts, "No other listener is in the way."),
            ResolvedRefs = resolvedRefs,
            TakesHttpRoutes = listener.Protocol is "HTTP" or "HTTPS" && allowsHttpRoutes,
        };
    }

    private static bool IsHttpRoute(RouteGroupKind kind) =>
        kind is { Group: Groups.Gateway, Kind: Kinds.HttpRoute };
}
