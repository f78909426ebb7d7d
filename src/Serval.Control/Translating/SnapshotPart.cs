using System.Collections.Immutable;
using System.Security.Cryptography;
using Serval.Config.Model;
using Serval.Config.Wire;

namespace Serval.Control.Translating;

/// <summary>One of a snapshot's lists, kept by name with a hash for each item.</summary>
/// <remarks>Owner: one snapshot builder. Thread: one at a time.</remarks>
/// <param name="alone">A snapshot that holds this item alone: what is hashed.</param>
internal sealed class SnapshotPart<T>(Func<T, Snapshot> alone)
    where T : class
{
    private readonly Dictionary<string, (T Item, UInt128 Hash)> _items = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, T> _changed = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _removed = new(StringComparer.Ordinal);

    /// <summary>
    /// The sum of the hashes of all items: the same for the same items, whatever way led to them.
    /// </summary>
    public UInt128 Sum { get; private set; }

    /// <summary>Names of every item, in no order.</summary>
    public IEnumerable<string> Names => _items.Keys;

    /// <summary>The items that were put since the last taking, sorted.</summary>
    public ImmutableArray<T> Changed => [.. _changed.Values];

    /// <summary>The names that were removed since the last taking, sorted.</summary>
    public ImmutableArray<string> Removed => [.. _removed];

    /// <summary>True when there is something to take.</summary>
    public bool HasChanges => _changed.Count + _removed.Count > 0;

    /// <summary>Adds an item, or puts it in the place of its namesake unless it says the same.</summary>
    public void Put(string name, T item)
    {
        bool isKnown = _items.TryGetValue(name, out (T Item, UInt128 Hash) before);
        // Often the very same fields, which is cheaper to see than to hash.
        if (isKnown && before.Item.Equals(item))
            return;
        UInt128 hash = HashOf(item);
        if (isKnown && before.Hash == hash)
            return;
        if (isKnown)
            Sum -= before.Hash;
        Sum += hash;
        _items[name] = (item, hash);
        _removed.Remove(name);
        _changed[name] = item;
    }

    /// <summary>Removes an item, if it is there.</summary>
    public void Remove(string name)
    {
        if (!_items.Remove(name, out (T Item, UInt128 Hash) before))
            return;
        Sum -= before.Hash;
        _changed.Remove(name);
        _removed.Add(name);
    }

    /// <summary>Forgets the changes: they were taken.</summary>
    public void MarkTaken()
    {
        _changed.Clear();
        _removed.Clear();
    }

    private UInt128 HashOf(T item)
    {
        byte[] hash = SHA256.HashData(SnapshotJson.Write(alone(item)));
        return new UInt128(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash, 8));
    }
}
