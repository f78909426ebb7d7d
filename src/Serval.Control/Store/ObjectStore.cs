using System.Diagnostics.CodeAnalysis;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Store;

/// <summary>
/// Every watched object as it is now, by group, kind, namespace and name. Files and the Kubernetes API fill
/// the same store; what comes after cannot tell which.
/// </summary>
/// <remarks>
/// Owner: one control plane. Thread: one at a time, under its lock. Bound: what its source admits.
/// </remarks>
/// <param name="awaited">Kinds that the source will bring; nothing is complete before all are synced.</param>
internal sealed class ObjectStore(IEnumerable<ResourceKind> awaited)
{
    private readonly Dictionary<ObjectKey, Resource> _objects = [];
    private readonly Dictionary<(string Group, string Kind), HashSet<ObjectKey>> _byKind = [];
    private readonly HashSet<ResourceKind> _awaited = [.. awaited];

    /// <summary>True once every awaited kind was told completely.</summary>
    public bool IsSynced => _awaited.Count == 0;

    /// <summary>How many objects there are.</summary>
    public int Count => _objects.Count;

    /// <summary>Every object, in no order.</summary>
    public IEnumerable<Resource> Objects => _objects.Values;

    /// <summary>Finds one object.</summary>
    public bool TryGet<T>(ObjectKey key, [NotNullWhen(true)] out T? resource)
        where T : Resource
    {
        resource = _objects.GetValueOrDefault(key) as T;
        return resource is not null;
    }

    /// <summary>Every object of a kind, in no order.</summary>
    public IEnumerable<T> OfKind<T>(string group, string kind)
        where T : Resource =>
        _byKind.TryGetValue((group, kind), out HashSet<ObjectKey>? keys)
            ? keys.Select(key => (T)_objects[key])
            : [];

    /// <summary>
    /// Takes a batch and tells what it changed: each object once, and none that is still the same version.
    /// </summary>
    public IReadOnlyList<ObjectChange> Apply(ChangeBatch batch)
    {
        Dictionary<ObjectKey, Resource?> wanted = [];
        foreach (ResourceKind kind in batch.Replaced)
        {
            if (!_byKind.TryGetValue((kind.Group, kind.Kind), out HashSet<ObjectKey>? known))
                continue;
            foreach (ObjectKey key in known)
                wanted[key] = null;
        }
        foreach (ObjectKey key in batch.Deletes)
            wanted[key] = null;
        foreach (Resource resource in batch.Upserts)
            wanted[resource.Key] = resource;
        _awaited.ExceptWith(batch.Synced);

        List<ObjectChange> changes = [];
        foreach ((ObjectKey key, Resource? after) in wanted)
        {
            Resource? before = _objects.GetValueOrDefault(key);
            if (before is null ? after is null : after?.IsSameVersionAs(before) == true)
                continue;
            Put(key, after);
            changes.Add(new ObjectChange(key, before, after));
        }
        return changes;
    }

    private void Put(ObjectKey key, Resource? resource)
    {
        (string, string) kind = (key.Group, key.Kind);
        if (resource is null)
        {
            _objects.Remove(key);
            _byKind[kind].Remove(key);
            return;
        }
        _objects[key] = resource;
        if (!_byKind.TryGetValue(kind, out HashSet<ObjectKey>? keys))
            _byKind.Add(kind, keys = []);
        keys.Add(key);
    }
}
