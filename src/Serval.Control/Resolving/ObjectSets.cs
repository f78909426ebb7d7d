using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Store;

namespace Serval.Control.Resolving;

/// <summary>
/// Sets of objects that are looked up together, such as the EndpointSlices of a Service. A set has a key of
/// its own, so that who read it can be found when an object joins it, leaves it or changes.
/// </summary>
/// <remarks>Owner: one graph. Thread: one at a time. Bound: a few entries for each object.</remarks>
internal sealed class ObjectSets
{
    private readonly Dictionary<ObjectKey, SortedSet<ObjectKey>> _members = [];

    /// <summary>The ReferenceGrants of a namespace.</summary>
    public static ObjectKey GrantsIn(string @namespace) =>
        new(Groups.Gateway, "ReferenceGrants of namespace", @namespace, "");

    /// <summary>The EndpointSlices that name a Service as their own.</summary>
    public static ObjectKey SlicesOfService(string @namespace, string name) =>
        new(Groups.Discovery, "EndpointSlices of Service", @namespace, name);

    /// <summary>The EndpointSlices, of any cluster, that name a Service of the cluster set.</summary>
    public static ObjectKey SlicesOfImport(string @namespace, string name) =>
        new(Groups.Discovery, "EndpointSlices of ServiceImport", @namespace, name);

    /// <summary>The BackendTLSPolicies that target an object.</summary>
    public static ObjectKey PoliciesOf(ObjectKey target) =>
        new(Groups.Gateway, $"BackendTLSPolicies of {target.Kind}", target.Namespace, target.Name);

    /// <summary>The Services or ServiceImports of the namespace that an object would be in.</summary>
    public static ObjectKey BesideOf(ObjectKey target) =>
        new(target.Group, $"{target.Kind}s of namespace", target.Namespace, "");

    /// <summary>The members of a set, sorted.</summary>
    public IReadOnlyCollection<ObjectKey> Members(ObjectKey set) =>
        _members.TryGetValue(set, out SortedSet<ObjectKey>? members) ? members : [];

    /// <summary>
    /// Takes a change; adds the keys of the sets that it touches to <paramref name="touched"/>.
    /// </summary>
    public void Apply(ObjectChange change, HashSet<ObjectKey> touched)
    {
        // Of these only the names are asked for, and a change of the object leaves its name.
        if (change is { Before: ServiceResource or ServiceImportResource, After: not null })
            return;
        foreach (ObjectKey set in change.Before is null ? [] : Of(change.Before))
        {
            touched.Add(set);
            SortedSet<ObjectKey> members = _members[set];
            members.Remove(change.Key);
            if (members.Count == 0)
                _members.Remove(set);
        }
        foreach (ObjectKey set in change.After is null ? [] : Of(change.After))
        {
            touched.Add(set);
            if (!_members.TryGetValue(set, out SortedSet<ObjectKey>? members))
                _members.Add(set, members = []);
            members.Add(change.Key);
        }
    }

    private static IEnumerable<ObjectKey> Of(Resource resource)
    {
        string @namespace = resource.Metadata.Namespace;
        switch (resource)
        {
            case ReferenceGrantResource:
                yield return GrantsIn(@namespace);
                break;
            case ServiceResource or ServiceImportResource:
                yield return BesideOf(resource.Key);
                break;
            case EndpointSliceResource slice:
                // Slices of the cluster set carry both labels: the derived Service's and the import's.
                if (slice.Metadata.Labels.TryGetValue(Labels.ServiceName, out string? service))
                    yield return SlicesOfService(@namespace, service);
                if (slice.Metadata.Labels.TryGetValue(Labels.ImportName, out string? import))
                    yield return SlicesOfImport(@namespace, import);
                break;
            case BackendTlsPolicyResource policy:
                foreach (PolicyTarget target in policy.Spec.TargetRefs)
                {
                    yield return PoliciesOf(
                        new ObjectKey(target.Group, target.Kind, @namespace, target.Name));
                }
                break;
        }
    }
}
