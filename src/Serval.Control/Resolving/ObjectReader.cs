using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Store;

namespace Serval.Control.Resolving;

/// <summary>Looks objects up for one result after another, and remembers what each has looked for.</summary>
/// <remarks>Owner: one graph. Thread: one at a time.</remarks>
internal sealed class ObjectReader(
    ObjectStore store, ObjectSets sets, IReadOnlyDictionary<ObjectKey, ListenerGroup> groups)
{
    private readonly HashSet<ObjectKey> _read = [];

    /// <summary>What was looked for since <see cref="Begin"/>, found or not.</summary>
    public IReadOnlyCollection<ObjectKey> Read => _read;

    /// <summary>Begins another result.</summary>
    public void Begin() => _read.Clear();

    /// <summary>An object, or null when there is none.</summary>
    public T? Find<T>(ObjectKey key)
        where T : Resource
    {
        _read.Add(key);
        return store.TryGet(key, out T? resource) ? resource : null;
    }

    /// <summary>The listeners of a Gateway or ListenerSet of ours, or null.</summary>
    public ListenerGroup? FindGroup(ObjectKey key)
    {
        _read.Add(key);
        return groups.GetValueOrDefault(key);
    }

    /// <summary>The members of a set (<see cref="ObjectSets"/>), sorted.</summary>
    public IEnumerable<T> Members<T>(ObjectKey set)
        where T : Resource
    {
        _read.Add(set);
        return sets.Members(set).Select(key => store.TryGet(key, out T? member) ? member : null).OfType<T>();
    }

    /// <summary>The keys of the members of a set, sorted.</summary>
    public IReadOnlyCollection<ObjectKey> MemberKeys(ObjectKey set)
    {
        _read.Add(set);
        return sets.Members(set);
    }
}
