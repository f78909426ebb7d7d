using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Serval.DataPlane.Buffers;

/// <summary>
/// The bytes of one worker: buffers of unmanaged memory in two sizes, touched only when used. Whole ones are
/// received into; small ones hold heads and what waits although it is little. A buffer is counted by the
/// segments that point into it and returns when the last is released. Ids below <see cref="Count"/> are
/// whole ones.
/// Owner: one worker. Thread: the worker's. Bound: <see cref="Limits.Buffers"/> and
/// <see cref="Limits.SmallBuffers"/>; <see cref="TryLease"/> and <see cref="TryLeaseSmall"/> say no.
/// </summary>
internal sealed unsafe class BufferPool : IDisposable
{
    /// <summary>Distance of two whole buffers. A 16 KiB body with its head arrives in one.</summary>
    public const int StrideBytes = 32 * 1024;

    /// <summary>Distance of two small buffers: a page.</summary>
    public const int SmallStrideBytes = 4 * 1024;

    /// <summary>Free bytes before received ones, so that a chunk prefix can be written in place.</summary>
    public const int HeadroomBytes = 64;

    /// <summary>Bytes a receive may fill.</summary>
    public const int ReceiveBytes = StrideBytes - HeadroomBytes;

    /// <summary>Received bytes that a small buffer holds behind the headroom.</summary>
    public const int SmallBytes = SmallStrideBytes - HeadroomBytes;

    private readonly byte* _memory;
    private readonly nuint _bytes;
    private readonly ushort* _references;
    private readonly int* _free;
    private int _freeCount;
    private int _touched;
    private readonly int* _freeSmall;
    private int _freeSmallCount;
    private int _touchedSmall;

    /// <param name="count">Whole buffers.</param>
    /// <param name="smallCount">Small buffers.</param>
    public BufferPool(int count, int smallCount)
    {
        Count = count;
        SmallCount = smallCount;
        SmallReserved = Math.Min(Limits.SmallBuffersReserved, smallCount / 8);
        _bytes = ((nuint)count * StrideBytes) + ((nuint)smallCount * SmallStrideBytes);
        _memory = (byte*)MappedMemory.Map(_bytes, "buffers");
        _references = (ushort*)NativeMemory.AllocZeroed((nuint)(count + smallCount), sizeof(ushort));
        _free = (int*)NativeMemory.AllocZeroed((nuint)count, sizeof(int));
        _freeSmall = (int*)NativeMemory.AllocZeroed((nuint)smallCount, sizeof(int));
    }

    /// <summary>How many whole buffers there are.</summary>
    public int Count { get; }

    /// <summary>How many small buffers there are.</summary>
    public int SmallCount { get; }

    /// <summary>How many small buffers are kept for Serval's own answers.</summary>
    public int SmallReserved { get; }

    /// <summary>How many whole buffers are not leased.</summary>
    public int Available => _freeCount + Count - _touched;

    /// <summary>How many small buffers are not leased.</summary>
    public int SmallAvailable => _freeSmallCount + SmallCount - _touchedSmall;

    /// <summary>
    /// Leases a whole buffer with one reference; the most recently returned first, for the caches' sake.
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

    /// <summary>Leases a small buffer with one reference; not one of those kept for answers.</summary>
    public bool TryLeaseSmall(out int buffer)
    {
        buffer = -1;
        return SmallAvailable > SmallReserved && TryLeaseReserved(out buffer);
    }

    /// <summary>Leases a small buffer for an answer of ours, or a whole one if none is left.</summary>
    public bool TryLeaseForAnswer(out int buffer) => TryLeaseReserved(out buffer) || TryLease(out buffer);

    /// <summary>
    /// Leases a buffer that holds so many bytes: a small one if that is enough and one is left.
    /// </summary>
    public bool TryLeaseFor(int bytes, out int buffer) =>
        (bytes <= SmallStrideBytes && TryLeaseSmall(out buffer)) || TryLease(out buffer);

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
        if (--_references[buffer] > 0) return;
        if (IsSmall(buffer)) _freeSmall[_freeSmallCount++] = buffer;
        else _free[_freeCount++] = buffer;
    }

    /// <summary>True when one reference is left: its holder may write into it.</summary>
    public bool IsExclusive(int buffer) => _references[buffer] == 1;

    /// <summary>True for a small buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsSmall(int buffer) => buffer >= Count;

    /// <summary>Bytes of memory that a buffer takes, used or not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int SizeOf(int buffer) => IsSmall(buffer) ? SmallStrideBytes : StrideBytes;

    /// <summary>A run of bytes, for the kernel.</summary>
    public iovec Run(int buffer, int offset, int length) =>
        new() { iov_base = Start(buffer) + offset, iov_len = length };

    /// <summary>The address of a byte, for the kernel.</summary>
    public nint Address(int buffer, int offset) => (nint)(Start(buffer) + offset);

    /// <summary>Bytes of a leased buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Span(int buffer, int offset, int length)
    {
        // Safe: buffer is in range because tokens and slots are checked where they come in, and offset plus
        // length stay inside the buffer.
        uint size = (uint)SizeOf(buffer);
        Invariant.Check((uint)buffer < (uint)(Count + SmallCount) && (uint)offset <= size
            && (uint)length <= size - (uint)offset,
            "a slice lies inside its buffer");
        return new Span<byte>(Start(buffer) + offset, length);
    }

    /// <summary>All bytes of a leased buffer.</summary>
    public Span<byte> Whole(int buffer) => Span(buffer, 0, SizeOf(buffer));

    public void Dispose()
    {
        MappedMemory.Unmap(_memory, _bytes);
        NativeMemory.Free(_references);
        NativeMemory.Free(_free);
        NativeMemory.Free(_freeSmall);
    }

    private bool TryLeaseReserved(out int buffer)
    {
        if (_freeSmallCount > 0)
        {
            buffer = _freeSmall[--_freeSmallCount];
        }
        else if (_touchedSmall < SmallCount)
        {
            buffer = Count + _touchedSmall++;
        }
        else
        {
            buffer = -1;
            return false;
        }

        _references[buffer] = 1;
        return true;
    }

    // Small buffers lie behind the whole ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Start(int buffer) => IsSmall(buffer)
        ? _memory + ((nuint)Count * StrideBytes) + ((nuint)(buffer - Count) * SmallStrideBytes)
        : _memory + ((nuint)buffer * StrideBytes);
}
