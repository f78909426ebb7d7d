using System.Runtime.CompilerServices;

namespace Serval.Config.Compiling;

/// <summary>
/// From a key to the numbers that were added under it: open addressing, linear probing, at most three
/// quarters
/// full. Keys are slices of one byte table. Their scope is in the hash alone; the caller compares it.
/// </summary>
internal sealed class HashIndex(Table<byte> bytes) : IDisposable
{
    private const int FirstCapacity = 16;

    private Table<HashSlot> _slots = new();
    private int _count;

    /// <summary>Bytes allocated.</summary>
    public long Bytes => _slots.Bytes;

    /// <summary>
    /// The first number under a hash and key, or -1; <paramref name="slot"/> is for <see cref="Next"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int First(uint hash, ReadOnlySpan<byte> key, out int slot)
    {
        slot = (int)(hash & (uint)(_slots.Count - 1)) - 1;
        return _count == 0 ? -1 : Next(hash, key, ref slot);
    }

    /// <summary>The next number under the same hash and key, or -1.</summary>
    public int Next(uint hash, ReadOnlySpan<byte> key, ref int slot)
    {
        while (true)
        {
            slot = (slot + 1) & (_slots.Count - 1);
            ref HashSlot found = ref _slots[slot];
            if (found.ValuePlusOne == 0)
                return -1;
            if (found.Hash == hash && bytes.Slice(found.Key).SequenceEqual(key))
                return found.ValuePlusOne - 1;
        }
    }

    /// <summary>Adds a number under a hash and key.</summary>
    public void Add(uint hash, Slice key, int value)
    {
        if ((_count + 1L) * 4 > _slots.Count * 3L)
            Grow();
        Place(new HashSlot(hash, value + 1, key));
        _count++;
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private void Grow()
    {
        using Table<HashSlot> old = _slots;
        _slots = new Table<HashSlot>();
        _slots.Reset(Math.Max(FirstCapacity, old.Count * 2));
        foreach (ref readonly HashSlot slot in old.Span)
        {
            if (slot.ValuePlusOne != 0)
                Place(slot);
        }
    }

    private void Place(HashSlot slot)
    {
        int mask = _slots.Count - 1;
        int at = (int)(slot.Hash & (uint)mask);
        while (_slots[at].ValuePlusOne != 0)
            at = (at + 1) & mask;
        _slots[at] = slot;
    }
}
