using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Translating;

namespace Serval.Control.Resolving;

/// <summary>
/// Follows the references of one HTTPRoute after another: to its parents and to its backends.
/// </summary>
internal sealed class RouteResolver(
    ClusterState state,
    ImmutableArray<ResolvedGateway> gateways,
    BackendResolver backends,
    ImmutableArray<Finding>.Builder findings)
{
    private readonly NamespaceSelector _namespaces = new(state);
    private readonly Dictionary<ObjectKey, ResolvedGateway> _gateways =
        gateways.ToDictionary(gateway => gateway.Source.Key);
    private readonly HashSet<ObjectKey> _known = [.. state.Gateways.Select(gateway => gateway.Key)];

    /// <summary>The route, or null when none of its parents is ours.</summary>
    public ResolvedRoute? Resolve(HttpRouteResource source)
    {
        FindingList list = new(source.Key.ToString());
        (int Index, ResolvedGateway Gateway)[] parents = [.. ParentsOf(source, list)];
        ResolvedRoute? route = parents.Length == 0 ? null : Resolve(source, parents, list);
        findings.AddRange(list.ToImmutable());
        return route;
    }

    private ResolvedRoute Resolve(
        HttpRouteResource source, (int Index, ResolvedGateway Gateway)[] parents, FindingList list)
    {
        RouteVerdicts verdicts = new(list);
        ImmutableArray<HttpRule> rules = RuleTranslator.Translate(source, backends, verdicts);
        if (source.Spec.UseDefaultGateways is not null)
        {
            list.Warning("spec.useDefaultGateways", Reason.UnsupportedField,
                "Default Gateways are not supported; name the Gateway in spec.parentRefs.");
        }
        return new ResolvedRoute
        {
            Source = source,
            Rules = rules,
            Parents =
            [
                .. parents.Select(parent => Attach(source, parent.Index, parent.Gateway, verdicts, list)),
            ],
        };
    }

    private IEnumerable<(int Index, ResolvedGateway Gateway)> ParentsOf(
        HttpRouteResource source, FindingList list)
    {
        if (source.Spec.ParentRefs.Count == 0)
        {
            list.Warning("spec.parentRefs", Reason.ParentNotFound,
                "The route names no Gateway, so it has no effect.");
        }
        for (int i = 0; i < source.Spec.ParentRefs.Count; i++)
        {
            ParentReference parent = source.Spec.ParentRefs[i];
            if (parent is not { Group: Groups.Gateway, Kind: Kinds.Gateway })
            {
                list.Notice($"spec.parentRefs[{i}]", Reason.Ignored,
                    $"Serval attaches routes to Gateways alone, not to {parent.Kind}.");
                continue;
            }
            string @namespace = parent.Namespace ?? source.Metadata.Namespace;
            ObjectKey key = new(Groups.Gateway, Kinds.Gateway, @namespace, parent.Name);
            if (_gateways.TryGetValue(key, out ResolvedGateway? gateway))
            {
                yield return (i, gateway);
            }
            else if (!_known.Contains(key))
            {
                list.Warning($"spec.parentRefs[{i}]", Reason.ParentNotFound,
                    $"There is no Gateway {key.Path}; check name and namespace.");
            }
        }
    }

    private ResolvedParent Attach(
        HttpRouteResource source,
        int index,
        ResolvedGateway gateway,
        RouteVerdicts verdicts,
        FindingList list)
    {
        ParentReference parent = source.Spec.ParentRefs[index];
        (Verdict accepted, ImmutableArray<Attachment> attachments) = Attach(source, parent, gateway);
        if (!accepted.IsTrue)
            list.Error($"spec.parentRefs[{index}]", accepted.Reason, accepted.Message);
        if (!verdicts.Accepted.IsTrue && accepted.IsTrue)
            (accepted, attachments) = (verdicts.Accepted, []);
        return new ResolvedParent
        {
            Source = parent,
            Accepted = accepted,
            ResolvedRefs = verdicts.ResolvedRefs,
            Attachments = attachments,
        };
    }

    // Each step narrows the listeners; the first that leaves none gives the reason.
    private (Verdict, ImmutableArray<Attachment>) Attach(
        HttpRouteResource source, ParentReference parent, ResolvedGateway gateway)
    {
        string name = gateway.Source.Key.Path;
        ResolvedListener[] named =
        [
            .. gateway.Listeners.Where(listener =>
                (parent.SectionName is null || listener.Source.Name == parent.SectionName)
                && (parent.Port is null || listener.Source.Port == parent.Port)),
        ];
        if (named.Length == 0)
            return Refuse(Reason.NoMatchingParent, $"Gateway {name} has no listener of that name and port.");

        ResolvedListener[] allowing =
        [
            .. named.Where(listener => listener.TakesHttpRoutes && _namespaces.Allows(
                listener.Source.AllowedRoutes.Namespaces, gateway.Source.Metadata.Namespace,
                source.Metadata.Namespace)),
        ];
        if (allowing.Length == 0)
        {
            return Refuse(Reason.NotAllowedByListeners,
                $"No listener of Gateway {name} allows HTTPRoutes of namespace "
                + $"{source.Metadata.Namespace}; see allowedRoutes.");
        }

        ImmutableArray<Attachment> attachments =
            [.. allowing.Select(listener => Attachment(listener, source)).OfType<Attachment>()];
        if (attachments.IsEmpty)
        {
            return Refuse(Reason.NoMatchingListenerHostname,
                $"No hostname of the route is one that a listener of Gateway {name} serves.");
        }

        HashSet<string> attached = [.. attachments.Select(attachment => attachment.Listener)];
        return gateway.Accepted.IsTrue
            && gateway.Listeners.Any(l => l.Accepted.IsTrue && attached.Contains(l.Name))
            ? (Verdict.Yes(Reason.Accepted, "The route is accepted."), attachments)
            : Refuse(Reason.NoReadyListeners,
                $"No listener of Gateway {name} that takes the route is accepted; see its status.");
    }

    private static (Verdict, ImmutableArray<Attachment>) Refuse(string reason, string message) =>
        (Verdict.No(reason, message), []);

    private static Attachment? Attachment(ResolvedListener listener, HttpRouteResource source)
    {
        ImmutableArray<string> hostnames =
            Hostnames.Intersect(listener.Source.Hostname, source.Spec.Hostnames);
        return hostnames.IsDefault
            ? null
            : new Attachment { Listener = listener.Name, Hostnames = hostnames };
    }
}
