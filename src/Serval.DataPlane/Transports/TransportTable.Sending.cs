using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using Tmds.Linux;

namespace Serval.DataPlane.Transports;

// Sending, and ending the sending half.
internal sealed partial class TransportTable<TRing>
{
    /// <summary>
    /// Sends what is queued. One send per transport at a time: what is queued meanwhile goes with the next,
    /// in one call.
    /// </summary>
    public void Flush(int slot)
    {
        ref Transport transport = ref _slab[slot];
        if (transport.Has(TransportFlags.IsTls))
        {
            FlushSealed(slot);
            return;
        }

        if (transport.Output.IsEmpty || transport.Has(TransportFlags.IsSending)) return;
        if (transport.State is TransportState.Closing or TransportState.Connecting) return;
        if (transport.Has(TransportFlags.IsSendBroken)) _segments.Clear(ref transport.Output);
        else SendQueue(slot, ref transport.Output);
    }

    private void SendQueue(int slot, ref SegmentQueue output)
    {
        ref Transport transport = ref _slab[slot];
        transport.Set(TransportFlags.IsSending);
        transport.InFlight++;
        ref Segment first = ref _segments.First(ref output);
        if (output.Count == 1)
        {
            _ring.Send(slot, _buffers.Address(first.Buffer, first.Offset), first.Length,
                TokenOf(TokenKind.Send, slot));
            return;
        }

        Span<iovec> vectors = stackalloc iovec[Limits.VectorsPerSend];
        int count = Math.Min(output.Count, vectors.Length);
        int at = output.Head;
        for (int i = 0; i < count; i++)
        {
            ref Segment segment = ref _segments.At(at);
            vectors[i] = _buffers.Run(segment.Buffer, segment.Offset, segment.Length);
            at = segment.Next;
        }

        _ring.SendVectors(slot, vectors[..count], TokenOf(TokenKind.Send, slot));
    }

    /// <summary>
    /// Takes note of what a send has taken, and sends what is left; false when there is nobody to tell.
    /// </summary>
    public bool TakeSent(int slot, int result)
    {
        ref Transport transport = ref _slab[slot];
        transport.Unset(TransportFlags.IsSending);
        if (transport.State == TransportState.Closing) return false;
        if (result < 0)
        {
            _segments.Clear(ref WireOutput(slot));
            _segments.Clear(ref transport.Output);
            transport.Set(TransportFlags.IsSendBroken);
            Flush(slot);
            return transport.State != TransportState.Closing;
        }

        NoteProgress(ref transport, result);
        transport.SentBytes += result;
        bool isUpstream = transport.Has(TransportFlags.IsUpstream);
        _counters.Add(isUpstream ? Counter.BytesSentUpstream : Counter.BytesSentDownstream, result);
        _segments.Consume(ref WireOutput(slot), result);
        Flush(slot);
        return transport.State != TransportState.Closing;
    }

    /// <summary>
    /// How many bytes of its owner a transport has sent with so many on the wire; with TLS those that were
    /// sealed since the last time.
    /// </summary>
    public int TakeSentBytes(int slot, int result)
    {
        if (!_slab[slot].Has(TransportFlags.IsTls)) return result;
        int bytes = _sessions[slot].Sealed;
        _sessions[slot].Sealed = 0;
        return bytes;
    }

    /// <summary>
    /// Whether everything that was to be sent has been taken by the kernel. What is sealed is with it at
    /// once.
    /// </summary>
    public bool IsDrained(int slot)
    {
        ref Transport transport = ref _slab[slot];
        return transport.Output.IsEmpty && !transport.Has(TransportFlags.IsSending);
    }

    /// <summary>Ends the sending half; where TLS is spoken, behind a word to the peer.</summary>
    public void Shutdown(int slot)
    {
        if (_slab[slot].Has(TransportFlags.IsTls) && !TrySayEnd(slot)) return;
        _slab[slot].InFlight++;
        _ring.ShutdownSend(slot, TokenOf(TokenKind.Shutdown, slot));
    }
}
