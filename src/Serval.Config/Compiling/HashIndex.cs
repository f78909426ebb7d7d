using System.Numerics;
using System.Runtime.CompilerServices;

namespace Serval.Config.Compiling;

/// <summary>
/// From a 32-bit hash to the numbers that were added under it: open addressing, linear probing, at most three
/// quarters full. It knows no keys; the caller compares what the number stands for.
/// </summary>
internal sealed class HashIndex : IDisposable
{
    private const int FirstCapacity = 16;

    private readonly Table<HashSlot> _slots = new();
    private int _count;

    /// <summary>Bytes allocated.</summary>
    public long Bytes => _slots.Bytes;

    /// <summary>The first number under a hash, or -1; <paramref name="slot"/> is for <see cref="Next"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int First(uint hash, out int slot)
    {
        slot = (int)(hash & (uint)(_slots.Count - 1)) - 1;
        return _count == 0 ? -1 : Next(hash, ref slot);
    }

    /// <summary>The next number under the same hash, or -1.</summary>
    public int Next(uint hash, ref int slot)
    {
        while (true)
        {
            slot = (slot + 1) & (_slots.Count - 1);
            HashSlot found = _slots[slot];
            if (found.ValuePlusOne == 0)
                return -1;
            if (found.Hash == hash)
                return found.ValuePlusOne - 1;
        }
    }

    /// <summary>Adds a number under a hash.</summary>
    public void Add(uint hash, int value)
    {
        if ((_count + 1L) * 4 > _slots.Count * 3L)
            Grow();
        Place(new HashSlot(hash, value + 1));
        _count++;
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private void Grow()
    {
        HashSlot[] old = _slots.Span.ToArray();
        long wanted = Math.Max(FirstCapacity, old.Length * 2L);
        _slots.Reset((int)BitOperations.RoundUpToPowerOf2((uint)wanted));
        foreach (HashSlot slot in old)
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
