using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Translating;

namespace Serval.Control.Resolving;

/// <summary>
/// Follows the references of one route after another: to its parents and to its backends. Pure: what it reads
/// decides what comes out.
/// </summary>
internal sealed class RouteResolver(ObjectReader reader, IReadOnlyDictionary<string, Listener> listeners)
{
    /// <summary>The route with every decision that concerns it alone.</summary>
    public ResolvedRoute Resolve(RouteResource source)
    {
        FindingList list = new(source.Key.ToString());
        (int Index, ListenerGroup Group)[] parents = [.. ParentsOf(source, list)];
        if (parents.Length == 0)
        {
            return new ResolvedRoute
            {
                Source = source,
                Parents = [],
                Clusters = [],
                Findings = list.ToImmutable(),
            };
        }
        return Resolve(source, parents, list);
    }

    private ResolvedRoute Resolve(
        RouteResource source, (int Index, ListenerGroup Group)[] groups, FindingList list)
    {
        RouteVerdicts verdicts = new(list);
        BackendResolver backends = new(
            reader, source.KindName, ClientCertificateOf(groups.Select(pair => pair.Group), list));
        ImmutableArray<HttpRule> rules = source is HttpRouteResource http
            ? RuleTranslator.Translate(http, backends, verdicts)
            : [];
        ImmutableArray<WeightedCluster> shares = source is TlsRouteResource tls
            ? TlsRouteTranslator.Translate(tls, backends, verdicts)
            : [];
        if (source.Attaching.UseDefaultGateways is not null)
        {
            list.Warning("spec.useDefaultGateways", Reason.UnsupportedField,
                "Default Gateways are not supported; name the Gateway in spec.parentRefs.");
        }
        ImmutableArray<ResolvedParent> parents =
            [.. groups.Select(pair => Attach(source, pair.Index, pair.Group, verdicts, list))];
        ImmutableArray<Attachment> attachments = AttachmentsOf(parents);
        ResolvedRoute route = new()
        {
            Source = source,
            Parents = parents,
            Translated = source is HttpRouteResource && !attachments.IsEmpty
                ? new HttpRoute
                {
                    Name = source.Key.Path,
                    CreatedAtMs = source.Metadata.CreatedAtMs,
                    Attachments = attachments,
                    Rules = rules,
                }
                : null,
            TranslatedTls = source is TlsRouteResource && !attachments.IsEmpty
                ? new TlsRoute
                {
                    Name = source.Key.Path,
                    CreatedAtMs = source.Metadata.CreatedAtMs,
                    Attachments = attachments,
                    Backends = shares,
                }
                : null,
            Clusters = backends.Clusters,
            Findings = list.ToImmutable(),
        };
        return RouteGate.ProblemOf(route.Translated, route.TranslatedTls, listeners) is { } problem
            ? route.Refuse(problem)
            : route;
    }

    // One cluster presents one certificate. To present that of another Gateway would lend its identity.
    private static string? ClientCertificateOf(IEnumerable<ListenerGroup> groups, FindingList list)
    {
        string?[] certificates = [.. groups.Select(group => group.BackendCertificate).Distinct()];
        if (certificates.Length == 1)
            return certificates[0];
        list.Error("spec.parentRefs", Reason.Conflicted,
            "The Gateways present different client certificates to backends, so none is presented for this "
            + "route; use one route for each Gateway.");
        return null;
    }

    private IEnumerable<(int Index, ListenerGroup Group)> ParentsOf(RouteResource source, FindingList list)
    {
        IReadOnlyList<ParentReference> parents = source.Attaching.ParentRefs;
        if (parents.Count == 0)
        {
            list.Warning("spec.parentRefs", Reason.ParentNotFound,
                "The route names no Gateway, so it has no effect.");
        }
        for (int i = 0; i < parents.Count; i++)
        {
            ParentReference parent = parents[i];
            if (parent is not { Group: Groups.Gateway, Kind: Kinds.Gateway or Kinds.ListenerSet })
            {
                list.Notice($"spec.parentRefs[{i}]", Reason.Ignored,
                    $"Serval attaches routes to Gateways and ListenerSets alone, not to {parent.Kind}.");
                continue;
            }
            string @namespace = parent.Namespace ?? source.Metadata.Namespace;
            ObjectKey key = new(Groups.Gateway, parent.Kind, @namespace, parent.Name);
            if (reader.FindGroup(key) is { } group)
            {
                yield return (i, group);
            }
            else if (reader.Find<Resource>(key) is null)
            {
                list.Warning($"spec.parentRefs[{i}]", Reason.ParentNotFound,
                    $"There is no {key}; check name and namespace.");
            }
        }
    }

    private ResolvedParent Attach(
        RouteResource source, int index, ListenerGroup group, RouteVerdicts verdicts, FindingList list)
    {
        ResolvedParent parent =
            RouteAttacher.Attach(reader, source, source.Attaching.ParentRefs[index], group);
        if (!parent.Accepted.IsTrue)
            list.Error($"spec.parentRefs[{index}]", parent.Accepted.Reason, parent.Accepted.Message);
        if (source is not (HttpRouteResource or TlsRouteResource))
            return parent;
        parent = parent with { ResolvedRefs = verdicts.ResolvedRefs };
        if (!parent.Accepted.IsTrue)
            return parent;
        return verdicts.Accepted.IsTrue
            ? parent with { PartiallyInvalid = verdicts.PartiallyInvalid }
            : parent with { Accepted = verdicts.Accepted, Attachments = [] };
    }

    // Two parent references may lead to one listener; its hostnames are the same both times.
    private static ImmutableArray<Attachment> AttachmentsOf(ImmutableArray<ResolvedParent> parents) =>
    [
        .. parents.SelectMany(parent => parent.Served)
            .DistinctBy(attachment => attachment.Listener, StringComparer.Ordinal)
            .OrderBy(attachment => attachment.Listener, StringComparer.Ordinal),
    ];
}
