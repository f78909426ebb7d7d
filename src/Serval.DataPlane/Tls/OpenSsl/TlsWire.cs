using System.Runtime.CompilerServices;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Tls.OpenSsl;

/// <summary>
/// What OpenSSL reads from and writes to during one call: the sealed queues of the session that the call is
/// for. It reads bytes where the kernel put them and writes into buffers of the pool.
/// Owner: <see cref="TlsSessions"/>. Thread: the worker's. Bound: the buffers of the pool.
/// </summary>
internal sealed unsafe class TlsWire(BufferPool buffers, SegmentPool segments, WorkerCounters counters)
{
    private TlsSession* _session;
    private int _readable;

    /// <summary>The session of the call.</summary>
    public ref TlsSession Session => ref Unsafe.AsRef<TlsSession>(_session);

    /// <summary>Begins a call.</summary>
    /// <param name="session">In unmanaged memory, so it stays where it is.</param>
    /// <param name="readable">How many bytes may be read.</param>
    public void Bind(ref TlsSession session, int readable)
    {
        _session = (TlsSession*)Unsafe.AsPointer(ref session);
        _readable = readable;
    }

    /// <summary>Moves sealed bytes to OpenSSL; 0 when there are none.</summary>
    public int Read(byte* into, int length)
    {
        ref SegmentQueue input = ref _session->Input;
        int wanted = Math.Min(length, _readable);
        int done = 0;
        while (done < wanted && !input.IsEmpty)
        {
            ref Segment first = ref segments.First(ref input);
            int count = Math.Min(wanted - done, first.Length);
            buffers.Span(first.Buffer, first.Offset, count).CopyTo(new Span<byte>(into + done, count));
            segments.Consume(ref input, count);
            done += count;
        }

        _readable -= done;
        return done;
    }

    /// <summary>Takes sealed bytes from OpenSSL; false when no buffer is left for all of them.</summary>
    public bool TryWrite(byte* from, int length)
    {
        ref SegmentQueue output = ref _session->Output;
        ReadOnlySpan<byte> bytes = new(from, length);
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, TailRoom(ref output));
            if (count > 0)
            {
                bool isCopied = segments.TryCopyToTail(ref output, bytes[..count]);
                Invariant.Check(isCopied, "a buffer takes what it has room for");
                bytes = bytes[count..];
                continue;
            }

            if (!TryLease(bytes.Length, out int buffer))
            {
                counters.Add(Counter.LimitBuffers);
                return false;
            }

            count = Math.Min(bytes.Length, buffers.SizeOf(buffer));
            bytes[..count].CopyTo(buffers.Span(buffer, 0, count));
            segments.Append(ref output, buffer, 0, count);
            bytes = bytes[count..];
        }

        return true;
    }

    private int TailRoom(ref SegmentQueue output)
    {
        if (output.IsEmpty) return 0;
        ref Segment last = ref segments.At(output.Tail);
        return buffers.IsExclusive(last.Buffer)
            ? buffers.SizeOf(last.Buffer) - last.Offset - last.Length : 0;
    }

    // The last buffers are those that answers of ours are written into: they have to leave too.
    private bool TryLease(int bytes, out int buffer) =>
        buffers.TryLeaseFor(bytes, out buffer) || buffers.TryLeaseForAnswer(out buffer);
}
