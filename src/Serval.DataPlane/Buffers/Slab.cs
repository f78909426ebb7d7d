using System.Runtime.CompilerServices;

namespace Serval.DataPlane.Buffers;

/// <summary>
/// Records of one kind in unmanaged memory, leased by slot; pages are touched only when used.
/// Owner: one worker. Thread: the worker's. Bound: its capacity; <see cref="TryLease"/> says no.
/// </summary>
internal sealed unsafe class Slab<T> : IDisposable
    where T : unmanaged
{
    private readonly T* _records;
    private readonly int* _free;
    private readonly nuint _bytes;
    private int _freeCount;
    private int _touched;

    public Slab(int capacity)
    {
        Capacity = capacity;
        nuint records = ((nuint)capacity * (nuint)sizeof(T)) + 63 & ~(nuint)63;
        _bytes = records + ((nuint)capacity * sizeof(int));
        void* memory = MappedMemory.Map(_bytes, "records");
        _records = (T*)memory;
        _free = (int*)((byte*)memory + records);
    }

    /// <summary>How many records there are.</summary>
    public int Capacity { get; }

    /// <summary>How many are leased.</summary>
    public int Leased => _touched - _freeCount;

    /// <summary>How many can still be leased.</summary>
    public int Available => Capacity - Leased;

    /// <summary>A record by slot.</summary>
    public ref T this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            // Safe: the slot is in range, checked here for every access.
            if ((uint)slot >= (uint)Capacity) Invariant.Fail("a slot lies inside its slab", slot);
            return ref _records[slot];
        }
    }

    /// <summary>Leases a record; its contents are what the last owner left (zero at first).</summary>
    public bool TryLease(out int slot)
    {
        if (_freeCount > 0)
        {
            slot = _free[--_freeCount];
            return true;
        }

        if (_touched < Capacity)
        {
            slot = _touched++;
            return true;
        }

        slot = -1;
        return false;
    }

    /// <summary>Returns a record.</summary>
    public void Release(int slot)
    {
        Invariant.Check(_freeCount < _touched, "a slot is released once");
        _free[_freeCount++] = slot;
    }

    public void Dispose() => MappedMemory.Unmap(_records, _bytes);
}
