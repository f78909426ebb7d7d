using Serval.DataPlane.Buffers;
using Serval.DataPlane.Filtering;
using Serval.DataPlane.Forwarding;
using Serval.DataPlane.Parsing;

namespace Serval.DataPlane.Workers;

// Bodies, either way: bytes stay in the buffer they were received into and are sent from there. Framing is
// always our own: chunk prefixes are written in place, over the framing that was read or into the headroom.
internal sealed partial class Worker<TRing>
{
    private BodyProgress MoveBody(ref Connection from, ref Connection to, ref BodyState body)
    {
        while (true)
        {
            // Before a full output: what has ended needs no room, and no byte may come to make it be asked
            // for again.
            if (body.Kind == BodyKind.None || (body.Kind == BodyKind.Length && body.Remaining == 0))
                return BodyProgress.IsDone;
            if (IsFull(in to.Output)) return BodyProgress.IsBlocked;
            switch (body.Kind)
            {
                case BodyKind.Length:
                    if (from.Input.IsEmpty) return BodyProgress.NeedsMore;
                    int length = (int)Math.Min(body.Remaining, _segments.First(ref from.Input).Length);
                    body.Remaining -= length;
                    MoveRun(ref from, ref to, ref body, 0, length, length);
                    break;
                case BodyKind.UntilClose:
                    if (from.Input.IsEmpty)
                    {
                        if (!from.Has(ConnectionFlags.IsInputEnded)) return BodyProgress.NeedsMore;
                        if (from.Has(ConnectionFlags.IsSendBroken)) return BodyProgress.IsRejected;
                        return EndChunks(ref to, ref body, default);
                    }

                    int all = _segments.First(ref from.Input).Length;
                    MoveRun(ref from, ref to, ref body, 0, all, all);
                    break;
                case BodyKind.Chunked:
                    if (from.Input.IsEmpty) return BodyProgress.NeedsMore;
                    if (body.AwaitsTrailers) return MoveTrailers(ref from, ref to, ref body);
                    if (!MoveChunk(ref from, ref to, ref body)) return BodyProgress.IsRejected;
                    break;
                default:
                    Invariant.Fail("a body that is moved has a known framing", (long)body.Kind);
                    break;
            }
        }
    }

    private bool MoveChunk(ref Connection from, ref Connection to, ref BodyState body)
    {
        ref Segment first = ref _segments.First(ref from.Input);
        ReadOnlySpan<byte> input = _buffers.Span(first.Buffer, first.Offset, first.Length);
        ChunkStatus status = body.Chunks.Next(input, out int consumed, out int start, out int length);
        switch (status)
        {
            case ChunkStatus.Data:
                MoveRun(ref from, ref to, ref body, start, length, consumed);
                return true;
            case ChunkStatus.LastChunk:
                body.AwaitsTrailers = true;
                _segments.Consume(ref from.Input, consumed);
                return true;
            case ChunkStatus.NeedMore:
                _segments.Consume(ref from.Input, consumed);
                return true;
            default:
                return false;
        }
    }

    // The rule that a rejected body broke; None when its connection was reset.
    private Rejection RuleBroken(in BodyState body) =>
        body.AwaitsTrailers ? _trailers.Rejection : body.Chunks.Rejection;

    // Moves bytes [start, start + length) of the first input segment, and drops its first consumed bytes.
    private void MoveRun(
        ref Connection from, ref Connection to, ref BodyState body, int start, int length, int consumed)
    {
        ref Segment first = ref _segments.First(ref from.Input);
        int buffer = first.Buffer;
        int offset = first.Offset + start;
        bool isLittle = first.Length <= Limits.BodyCopyMax && !_buffers.IsSmall(buffer);
        if (body.LeavesInChunks)
        {
            // Room before the data: the headroom of a fresh buffer, the head that was read, or the chunk's
            // own framing, which is never shorter than ours (minimal digits of a part of that chunk).
            int framed = ChunkFraming.WritePrefix(
                _buffers.Span(buffer, 0, offset), offset, length, !body.HasSentChunk);
            length += offset - framed;
            offset = framed;
            body.HasSentChunk = true;
        }

        ReadOnlySpan<byte> run = _buffers.Span(buffer, offset, length);
        bool isCopied = length <= Limits.BodyCopyMax
            && (TryCopyToTail(ref to.Output, run, body.OwnBuffer)
                || (isLittle && TryCopyToSmall(ref to.Output, run)));
        if (!isCopied)
        {
            _buffers.AddReference(buffer);
            _segments.Append(ref to.Output, buffer, CloseGap(ref to.Output, buffer, offset, length), length);
        }

        _segments.Consume(ref from.Input, consumed);
    }

    // Small runs are copied behind what is queued already, so that they leave in one piece with it.
    private bool TryCopyToTail(ref SegmentQueue output, ReadOnlySpan<byte> bytes, int ownBuffer)
    {
        if (output.IsEmpty) return false;
        ref Segment last = ref _segments.At(output.Tail);
        int end = last.Offset + last.Length;
        // Exclusive: nothing else points into the buffer, so what lies behind the segment is free. The same
        // goes for a head that is kept for another attempt: only the head is read again.
        bool isFree = last.Buffer == ownBuffer || _buffers.IsExclusive(last.Buffer);
        if (!isFree || bytes.Length > _buffers.SizeOf(last.Buffer) - end) return false;
        bytes.CopyTo(_buffers.Span(last.Buffer, end, bytes.Length));
        last.Length += bytes.Length;
        return true;
    }

    // Tiny chunks with extensions would leave a segment each: a short run that follows a gap in the same
    // buffer is moved down over the gap, which holds framing that was read already.
    private int CloseGap(ref SegmentQueue output, int buffer, int offset, int length)
    {
        if (output.IsEmpty || length > Limits.BodyCopyMax) return offset;
        ref Segment last = ref _segments.At(output.Tail);
        int end = last.Offset + last.Length;
        if (last.Buffer != buffer || end >= offset) return offset;
        _buffers.Span(buffer, offset, length).CopyTo(_buffers.Span(buffer, end, length));
        return end;
    }

    private bool TryAppendBytes(ref SegmentQueue output, ReadOnlySpan<byte> bytes, int ownBuffer)
    {
        if (TryCopyToTail(ref output, bytes, ownBuffer)) return true;
        if (!_buffers.TryLeaseFor(bytes.Length, out int buffer)) return false;
        bytes.CopyTo(_buffers.Span(buffer, 0, bytes.Length));
        _segments.Append(ref output, buffer, 0, bytes.Length);
        return true;
    }

    private BodyProgress MoveTrailers(ref Connection from, ref Connection to, ref BodyState body)
    {
        while (true)
        {
            ref Segment first = ref _segments.First(ref from.Input);
            ReadOnlySpan<byte> input = _buffers.Span(first.Buffer, first.Offset, first.Length);
            switch (_trailers.Parse(input, body.IsResponse))
            {
                case ParseStatus.Complete:
                    BodyProgress progress = EndChunks(ref to, ref body, input);
                    if (progress == BodyProgress.IsDone) _segments.Consume(ref from.Input, _trailers.Length);
                    return progress;
                case ParseStatus.Incomplete when from.Input.Count > 1:
                    if (!TryJoin(ref from.Input)) return BodyProgress.IsOutOfBuffers;
                    break;
                case ParseStatus.Incomplete:
                    return BodyProgress.NeedsMore;
                default:
                    return BodyProgress.IsRejected;
            }
        }
    }

    // Ends what leaves in chunks; trailers are read from the input that was parsed last, empty when there is
    // none.
    private BodyProgress EndChunks(ref Connection to, ref BodyState body, ReadOnlySpan<byte> input)
    {
        if (body.LeavesInChunks)
        {
            ReadOnlySpan<byte> last = ChunkFraming.LastChunk(!body.HasSentChunk);
            last.CopyTo(_scratch);
            int written = 2;
            if (input.IsEmpty) "\r\n"u8.CopyTo(_scratch.AsSpan(last.Length));
            else written = TrailerWriter.Write(
                _trailers, input, in body.Trailers, _scratch.AsSpan(last.Length));
            Invariant.Check(written > 0, "a trailer section that was read fits the scratch space");
            if (!TryAppendBytes(ref to.Output, _scratch.AsSpan(0, last.Length + written), body.OwnBuffer))
                return BodyProgress.IsOutOfBuffers;
        }

        body.Kind = BodyKind.None;
        return BodyProgress.IsDone;
    }

    // Brings the second segment's bytes behind the first's, so that a head or trailer section lies in one
    // piece. Sections are smaller than a buffer, so there is always room once the bytes are at its beginning.
    private bool TryJoin(ref SegmentQueue input)
    {
        ref Segment first = ref _segments.First(ref input);
        ref Segment second = ref _segments.At(first.Next);
        int end = first.Offset + first.Length;
        int missing = Math.Min(second.Length, BufferPool.ReceiveBytes - first.Length);
        Invariant.Check(missing > 0, "a section that is joined is shorter than a buffer");
        if (end + missing > _buffers.SizeOf(first.Buffer) || !_buffers.IsExclusive(first.Buffer))
        {
            const int start = BufferPool.HeadroomBytes;
            if (!_buffers.TryLeaseFor(start + first.Length + missing, out int buffer)) return false;
            _buffers.Span(first.Buffer, first.Offset, first.Length)
                .CopyTo(_buffers.Span(buffer, start, first.Length));
            _segments.ReplaceFirst(ref input, buffer, start);
            end = start + first.Length;
        }

        _buffers.Span(second.Buffer, second.Offset, missing).CopyTo(
            _buffers.Span(first.Buffer, end, missing));
        first.Length += missing;
        second.Offset += missing;
        second.Length -= missing;
        if (second.Length == 0) _segments.RemoveSecond(ref input);
        return true;
    }
}
