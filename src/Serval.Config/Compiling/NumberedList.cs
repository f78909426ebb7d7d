using System.Collections.Immutable;

namespace Serval.Config.Compiling;

/// <summary>
/// Numbers the items of a list, and keeps the numbers from one list to the next: an item that stays has the
/// number that it had, whatever comes before it now. Immutable.
/// </summary>
/// <remarks>
/// Bound: free numbers are used again, so there are never more than the most items at once.
/// </remarks>
internal sealed class NumberedList<T>
    where T : class
{
    private readonly ImmutableArray<T> _items;
    private readonly int[] _ids;
    private readonly T?[] _byId;
    private readonly int[] _free;
    private readonly bool _isInOrder;

    private NumberedList(ImmutableArray<T> items, int[] ids, T?[] byId, int[] free, bool isInOrder) =>
        (_items, _ids, _byId, _free, _isInOrder) = (items, ids, byId, free, isInOrder);

    /// <summary>One more than the largest number.</summary>
    public int Count => _byId.Length;

    /// <summary>An item by number; null where the number is free.</summary>
    public T? this[int id] => _byId[id];

    /// <summary>The number of the item at a place of the list.</summary>
    public int NumberAt(int place) => _ids[place];

    /// <summary>Numbers items by their place.</summary>
    public static NumberedList<T> Of(ImmutableArray<T> items, Func<T, string> nameOf)
    {
        int[] ids = new int[items.Length];
        bool isInOrder = true;
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = i;
            isInOrder &= i == 0 || string.CompareOrdinal(nameOf(items[i - 1]), nameOf(items[i])) < 0;
        }

        return new NumberedList<T>(items, ids, [.. items], [], isInOrder);
    }

    /// <summary>
    /// The number of the item with this name, or -1. Only for a list in order of names, which every list that
    /// <see cref="Follow"/> returns is.
    /// </summary>
    public int Find(string name, Func<T, string> nameOf)
    {
        int low = 0;
        int high = _items.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = string.CompareOrdinal(nameOf(_items[middle]), name);
            if (order == 0)
                return _ids[middle];
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return -1;
    }

    /// <summary>
    /// The list after a change, with what changed by number added to <paramref name="changes"/>. Null when
    /// either list is not strictly in order of names, so that names may be there twice, or when more than
    /// <paramref name="changesMax"/> items changed. Costs a look at each item, and at few names.
    /// </summary>
    public NumberedList<T>? Follow(
        ImmutableArray<T> items, Func<T, string> nameOf, int changesMax,
        List<(int Id, T? Before, T? After)> changes)
    {
        if (!_isInOrder)
            return null;
        if (items == _items)
            return this;
        int[] ids = new int[items.Length];
        List<int> added = [];
        int before = 0;
        bool isLastNew = false;
        for (int after = 0; after < items.Length; after++)
        {
            T item = items[after];
            bool isSame = before < _items.Length && ReferenceEquals(_items[before], item);
            // Between two items that stay the order is known.
            if ((isLastNew || !isSame) && after > 0
                && string.CompareOrdinal(nameOf(items[after - 1]), nameOf(item)) >= 0)
                return null;
            isLastNew = !isSame;
            if (isSame)
            {
                ids[after] = _ids[before++];
                continue;
            }

            int order = 1;
            while (before < _items.Length
                && (order = string.CompareOrdinal(nameOf(_items[before]), nameOf(item))) < 0)
            {
                changes.Add((_ids[before], _items[before], null));
                before++;
            }

            if (before == _items.Length || order != 0)
            {
                added.Add(after);
            }
            else
            {
                ids[after] = _ids[before];
                if (!ReferenceEquals(_items[before], item))
                    changes.Add((_ids[before], _items[before], item));
                before++;
            }

            if (changes.Count + added.Count > changesMax)
                return null;
        }

        for (; before < _items.Length; before++)
            changes.Add((_ids[before], _items[before], null));
        return changes.Count + added.Count > changesMax ? null : Number(items, ids, added, changes);
    }

    private NumberedList<T> Number(
        ImmutableArray<T> items, int[] ids, List<int> added, List<(int Id, T? Before, T? After)> changes)
    {
        Stack<int> free = new(_free);
        foreach ((int id, _, T? after) in changes)
        {
            if (after is null)
                free.Push(id);
        }

        T?[] byId = new T?[_byId.Length + Math.Max(0, added.Count - free.Count)];
        _byId.CopyTo(byId, 0);
        foreach ((int id, _, T? after) in changes)
            byId[id] = after;
        int next = _byId.Length;
        foreach (int place in added)
        {
            int id = free.Count > 0 ? free.Pop() : next++;
            ids[place] = id;
            byId[id] = items[place];
            changes.Add((id, null, items[place]));
        }

        return new NumberedList<T>(items, ids, byId, [.. free], isInOrder: true);
    }
}
