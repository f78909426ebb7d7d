using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>Who may refer across namespaces.</summary>
internal sealed class ReferenceGrants(ClusterState state)
{
    private readonly ILookup<string, ReferenceGrantResource> _byNamespace = state.ReferenceGrants
        .ToLookup(grant => grant.Metadata.Namespace, StringComparer.Ordinal);

    /// <summary>True when HTTPRoutes of <paramref name="fromNamespace"/> may name that Service.</summary>
    public bool AllowRouteToService(string fromNamespace, string toNamespace, string service) =>
        fromNamespace == toNamespace || _byNamespace[toNamespace].Any(grant =>
            grant.Spec.From.Any(from => from is { Group: Groups.Gateway, Kind: Kinds.HttpRoute }
                && from.Namespace == fromNamespace)
            && grant.Spec.To.Any(to => to is { Group: Groups.Core, Kind: Kinds.Service }
                && (string.IsNullOrEmpty(to.Name) || to.Name == service)));
}
