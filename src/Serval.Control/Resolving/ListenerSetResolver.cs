using System.Collections.Immutable;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>Decides about one ListenerSet of a Gateway of ours.</summary>
internal sealed class ListenerSetResolver(
    ObjectReader reader, TlsReferences references, ListenerConflicts conflicts)
{
    /// <summary>Its listeners stand behind those of the Gateway and of older ListenerSets.</summary>
    public ResolvedListenerSet Resolve(
        ListenerSetResource source, ResolvedGateway parent, ref int listenerCount, FindingList findings)
    {
        Verdict? refusal = RefusalOf(source, parent);
        if (refusal is not null)
            findings.Error("spec.parentRef", refusal.Reason, refusal.Message);
        ListenerResolver resolver = new(
            source.ListenerPrefix, new ListenerTlsResolver(references, source.Key, parent.Source), findings);
        ImmutableArray<ResolvedListener>.Builder resolved = ImmutableArray.CreateBuilder<ResolvedListener>();
        for (int i = 0; i < source.Spec.Listeners.Count; i++)
        {
            resolved.Add(resolver.Resolve(source.Spec.Listeners[i], i, ref listenerCount));
        }
        ImmutableArray<ResolvedListener> listeners =
            ListenerConflicts.WithinGroup(resolved.ToImmutable(), findings);
        if (refusal is null)
            listeners = conflicts.WithOlder(source.Key, parent.Addresses, listeners, findings);
        return new ResolvedListenerSet
        {
            Source = source,
            Accepted = refusal ?? ListenerResolver.VerdictOf("ListenerSet", listeners),
            Listeners = listeners,
        };
    }

    private Verdict? RefusalOf(ListenerSetResource source, ResolvedGateway parent)
    {
        string gateway = parent.Source.Key.Path;
        if (!NamespaceSelector.Allows(
            reader, parent.Source.Spec.AllowedListeners.Namespaces.AsRouteNamespaces(),
            parent.Source.Metadata.Namespace, source.Metadata.Namespace))
        {
            return Verdict.No(Reason.NotAllowed,
                $"Gateway {gateway} allows no ListenerSets of namespace {source.Metadata.Namespace}; see its "
                + "spec.allowedListeners.");
        }
        // A Gateway that only has bad listeners of its own can still carry those of others.
        bool isRefused = !parent.Accepted.IsTrue && parent.Accepted.Reason != Reason.ListenersNotValid;
        return isRefused || !parent.Addressed.IsTrue
            ? Verdict.No(Reason.ParentNotAccepted, $"Gateway {gateway} is not accepted; see its status.")
            : null;
    }
}
