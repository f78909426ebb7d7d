using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>Who may refer across namespaces.</summary>
internal static class ReferenceGrants
{
    /// <summary>
    /// True when objects of kind <paramref name="fromKind"/> in <paramref name="fromNamespace"/> may name
    /// <paramref name="target"/>.
    /// </summary>
    public static bool Allow(ObjectReader reader, string fromKind, string fromNamespace, ObjectKey target) =>
        fromNamespace == target.Namespace
        || reader.Members<ReferenceGrantResource>(ObjectSets.GrantsIn(target.Namespace)).Any(grant =>
            grant.Spec.From.Any(from => from.Group == Groups.Gateway && from.Kind == fromKind
                && from.Namespace == fromNamespace)
            && grant.Spec.To.Any(to => to.Group == target.Group && to.Kind == target.Kind
                && (string.IsNullOrEmpty(to.Name) || to.Name == target.Name)));
}
