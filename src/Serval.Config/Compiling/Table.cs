using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Serval.Config.Compiling;

/// <summary>
/// A growing list of blittable records in unmanaged memory. Owner: one compiled snapshot, or one compilation;
/// it has no finalizer, so its owner disposes it. Written by the thread that compiles, then only read.
/// </summary>
/// <remarks>
/// Unsafe, and safe because every access checks its index against
/// <see cref="Count"/>, which never exceeds the allocated capacity and is 0 once disposed.
/// </remarks>
internal sealed unsafe class Table<T> : IDisposable where T : unmanaged
{
    private const int FirstCapacity = 16;

    // What a copy has room for beside its records.
    private const int SpareShare = 32;
    private const int SpareLeast = 16;

    private T* _items;
    private int _capacity;
    private bool _isDisposed;

    /// <summary>How many records there are.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes allocated.</summary>
    public long Bytes => (long)_capacity * sizeof(T);

    /// <summary>Bytes of the records that there are.</summary>
    public long RecordBytes => (long)Count * sizeof(T);

    /// <summary>Every record.</summary>
    public Span<T> Span => new(_items, Count);

    /// <summary>A record by index.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= (uint)Count)
                Fail(index);
            return ref _items[index];
        }
    }

    /// <summary>The records of a slice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<T> Slice(Slice slice)
    {
        if (slice.Count == 0)
            return default;
        if (((ulong)(uint)slice.Start + (uint)slice.Count) > (uint)Count)
            Fail(slice.Start);
        return new ReadOnlySpan<T>(_items + slice.Start, slice.Count);
    }

    /// <summary>
    /// Fetches a record's cache lines while others are awaited; what is not there is not fetched.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int index)
    {
        if (!Sse.IsSupported || (uint)index >= (uint)Count)
            return;
        for (int at = 0; at < sizeof(T); at += (int)TableMemory.Alignment)
            Sse.Prefetch0((byte*)(_items + index) + at);
    }

    /// <summary>
    /// The same records in memory of their own, with room for some more. Takes the memory of
    /// <paramref name="spare"/> where that fits: that is mapped already, which fresh memory of this size is
    /// not.
    /// </summary>
    /// <param name="spare">A table that nobody reads any more; its records are lost. Null for none.</param>
    public Table<T> Copy(Table<T>? spare)
    {
        Table<T> copy = spare ?? new();
        long needed = (long)Count + (Count / SpareShare) + SpareLeast;
        copy.Count = 0;
        if (copy._capacity < Count + SpareLeast || copy._capacity / 2 > needed)
        {
            copy.Reallocate(0);
            copy.Reserve(needed);
        }

        copy.AddRange(Span);
        return copy;
    }

    /// <summary>Appends a record and returns its index.</summary>
    public int Add(in T item)
    {
        T copy = item; // The argument may live in this table, which growing moves.
        Reserve(Count + 1L);
        _items[Count] = copy;
        return Count++;
    }

    /// <summary>Appends records from outside this table.</summary>
    public Slice AddRange(ReadOnlySpan<T> items)
    {
        Reserve((long)Count + items.Length);
        items.CopyTo(new Span<T>(_items + Count, items.Length));
        Slice added = new(Count, items.Length);
        Count += items.Length;
        return added;
    }

    /// <summary>Makes it hold exactly this many zeroed records.</summary>
    public void Reset(int count)
    {
        Count = 0;
        Reserve(count);
        Count = count;
        Span.Clear();
    }

    /// <summary>Gives back what growing reserved beyond need.</summary>
    public void Trim()
    {
        if (_capacity > Count)
            Reallocate(Count);
    }

    /// <summary>Frees the memory. Every later access fails.</summary>
    public void Dispose()
    {
        Count = 0;
        _isDisposed = true;
        Reallocate(0);
    }

    private void Reserve(long count)
    {
        Debug.Assert(!_isDisposed, "A disposed table was written to.");
        if (count <= _capacity)
            return;
        if (count > Array.MaxLength)
            throw new NotSupportedException(
                $"A snapshot may have {Array.MaxLength} records of one kind; split it.");
        Reallocate((int)Math.Min(Array.MaxLength, Math.Max(Math.Max(count, FirstCapacity), _capacity * 2L)));
    }

    private void Reallocate(int capacity)
    {
        T* items = null;
        if (capacity > 0)
        {
            items = (T*)TableMemory.Allocate((nuint)capacity * (nuint)sizeof(T));
            Span.CopyTo(new Span<T>(items, capacity));
        }

        TableMemory.Free(_items, (nuint)_capacity * (nuint)sizeof(T));
        _items = items;
        _capacity = capacity;
    }

    [DoesNotReturn]
    private void Fail(int index) => throw new InvalidOperationException(
        _isDisposed ? "A compiled snapshot was read after it was disposed."
            : $"Record {index} of {Count} {typeof(T).Name} was read.");
}
