using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Buffers;

/// <summary>
/// The bytes of one worker: equal buffers of unmanaged memory, touched only when used. A buffer is counted by
/// the segments that point into it and returns when the last is released.
/// Owner: one worker. Thread: the worker's. Bound: <see cref="Limits.Buffers"/>; <see cref="TryLease"/> says
/// no.
/// </summary>
internal sealed unsafe class BufferPool : IDisposable
{
    /// <summary>Distance of two buffers. A 16 KiB body with its head arrives in one.</summary>
    public const int StrideBytes = 32 * 1024;

    /// <summary>Free bytes before received ones, so that a chunk prefix can be written in place.</summary>
    public const int HeadroomBytes = 64;

    /// <summary>Bytes a receive may fill.</summary>
    public const int ReceiveBytes = StrideBytes - HeadroomBytes;

    private readonly byte* _memory;
    private readonly ushort* _references;
    private readonly int* _free;
    private int _freeCount;
    private int _touched;

    public BufferPool(int count)
    {
        Count = count;
        _memory = (byte*)Libc.Mmap(
            null, (nuint)count * StrideBytes, RingFlags.ProtectReadWrite,
            RingFlags.MapPrivate | RingFlags.MapAnonymous | RingFlags.MapNoReserve, -1, 0);
        if (_memory == (byte*)-1)
            throw new RingException("mapping buffers: " + Errno.Describe(Marshal.GetLastPInvokeError()));
        _references = (ushort*)NativeMemory.AllocZeroed((nuint)count, sizeof(ushort));
        _free = (int*)NativeMemory.AllocZeroed((nuint)count, sizeof(int));
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>How many are not leased.</summary>
    public int Available => _freeCount + Count - _touched;

    /// <summary>
    /// Leases a buffer with one reference; the most recently returned first, for the caches' sake.
    /// </summary>
    public bool TryLease(out int buffer)
    {
        if (_freeCount > 0)
        {
            buffer = _free[--_freeCount];
        }
        else if (_touched < Count)
        {
            buffer = _touched++;
        }
        else
        {
            buffer = -1;
            return false;
        }

        _references[buffer] = 1;
        return true;
    }

    /// <summary>Adds a reference.</summary>
    public void AddReference(int buffer)
    {
        Invariant.Check(
            _references[buffer] is > 0 and < ushort.MaxValue, "a buffer is referenced while leased");
        _references[buffer]++;
    }

    /// <summary>Drops a reference; the last one returns the buffer.</summary>
    public void Release(int buffer)
    {
        Invariant.Check(_references[buffer] > 0, "a buffer is released once per reference");
        if (--_references[buffer] == 0) _free[_freeCount++] = buffer;
    }

    /// <summary>True when one reference is left: its holder may write into it.</summary>
    public bool IsExclusive(int buffer) => _references[buffer] == 1;

    /// <summary>The address of a byte, for the kernel.</summary>
    public nint Address(int buffer, int offset) =>
        (nint)(_memory + ((nuint)buffer * StrideBytes) + (nuint)offset);

    /// <summary>Bytes of a leased buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Span(int buffer, int offset, int length)
    {
        // Safe: buffer is in range because tokens and slots are checked where they come in, and offset plus
        // length stay inside the stride.
        Invariant.Check((uint)buffer < (uint)Count && (uint)offset <= StrideBytes
            && (uint)length <= StrideBytes - (uint)offset,
            "a slice lies inside its buffer");
        return new Span<byte>(_memory + ((nuint)buffer * StrideBytes) + (nuint)offset, length);
    }

    public void Dispose()
    {
        Libc.Munmap(_memory, (nuint)Count * StrideBytes);
        NativeMemory.Free(_references);
        NativeMemory.Free(_free);
    }
}
