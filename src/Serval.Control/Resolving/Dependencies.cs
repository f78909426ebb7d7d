using Serval.Control.Kubernetes;

namespace Serval.Control.Resolving;

/// <summary>
/// Which results were computed from which objects and sets. A result reads what it needs and is computed
/// again when any of that changes, whether or not it was there.
/// </summary>
/// <remarks>
/// Owner: one graph. Thread: one at a time. Bound: what each result read at its last computation.
/// </remarks>
internal sealed class Dependencies
{
    private readonly Dictionary<ObjectKey, HashSet<ObjectKey>> _readers = [];
    private readonly Dictionary<ObjectKey, ObjectKey[]> _read = [];

    /// <summary>Replaces what a result has read; nothing removes the result.</summary>
    public void Set(ObjectKey reader, IReadOnlyCollection<ObjectKey> read)
    {
        ObjectKey[] before = _read.GetValueOrDefault(reader, []);
        if (before.Length == read.Count && Array.TrueForAll(before, read.Contains))
            return;
        foreach (ObjectKey key in before)
        {
            HashSet<ObjectKey> readers = _readers[key];
            readers.Remove(reader);
            if (readers.Count == 0)
                _readers.Remove(key);
        }
        foreach (ObjectKey key in read)
        {
            if (!_readers.TryGetValue(key, out HashSet<ObjectKey>? readers))
                _readers.Add(key, readers = []);
            readers.Add(reader);
        }
        if (read.Count == 0)
            _read.Remove(reader);
        else
            _read[reader] = [.. read];
    }

    /// <summary>Adds the results that have read <paramref name="key"/>.</summary>
    public void AddReaders(ObjectKey key, HashSet<ObjectKey> into)
    {
        if (_readers.TryGetValue(key, out HashSet<ObjectKey>? readers))
            into.UnionWith(readers);
    }
}
