using Serval.DataPlane.Buffers;
using Serval.DataPlane.Filtering;
using Serval.DataPlane.Forwarding;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;

namespace Serval.DataPlane.Workers;

// Bodies, either way: bytes stay in the buffer they were received into and are sent from there. Framing is
// always our own: chunk prefixes are written in place, over the framing that was read or into the headroom.
internal sealed partial class Worker<TRing>
{
    private BodyProgress MoveBody(
        ref Connection from, ref Connection to, ref BodyReader reader, ref BodyWriter writer,
        in TrailerFilter filter, bool isResponse)
    {
        while (true)
        {
            // Before a full output: what has ended needs no room, and no byte may come to make it be asked
            // for again.
            if (reader.IsDone) return BodyProgress.IsDone;
            if (IsFull(in to.Output)) return BodyProgress.IsBlocked;
            if (from.Input.IsEmpty)
            {
                bool isOver = reader.Kind == BodyKind.UntilClose && from.Has(ConnectionFlags.IsInputEnded);
                if (!isOver) return BodyProgress.NeedsMore;
                if (from.Has(ConnectionFlags.IsSendBroken)) return BodyProgress.IsRejected;
                return EndBody(ref to, ref reader, in writer, default, null, in filter);
            }

            if (reader.AwaitsTrailers)
                return MoveTrailers(ref from, ref to, ref reader, in writer, in filter, isResponse);
            ref Segment first = ref _segments.First(ref from.Input);
            switch (reader.Next(_buffers.Span(first.Buffer, first.Offset, first.Length), out BodyRun run))
            {
                case BodyStep.Data:
                    MoveRun(ref from, ref to, ref writer, run);
                    break;
                case BodyStep.Framing:
                    _segments.Consume(ref from.Input, run.Consumed);
                    break;
                default:
                    return BodyProgress.IsRejected;
            }
        }
    }

    // Bytes of a tunnel, as they are.
    private void MoveBytes(ref Connection from, ref Connection to)
    {
        BodyWriter plain = default;
        while (!from.Input.IsEmpty && !IsFull(in to.Output))
        {
            int length = _segments.First(ref from.Input).Length;
            MoveRun(ref from, ref to, ref plain, new BodyRun(0, length, length));
        }
    }

    // The rule that a rejected body broke; None when its connection was reset.
    private Rejection RuleBroken(in BodyReader reader) =>
        reader.AwaitsTrailers ? _trailers.Rejection : reader.Rejection;

    // Moves a run of the first input segment, framed, and drops what it was taken from.
    private void MoveRun(ref Connection from, ref Connection to, ref BodyWriter writer, BodyRun run)
    {
        ref Segment first = ref _segments.First(ref from.Input);
        int buffer = first.Buffer;
        int start = first.Offset + run.Start;
        bool isLittle = first.Length <= Limits.BodyCopyMax && !_buffers.IsSmall(buffer);
        int offset = writer.IsChunked ? writer.Frame(_buffers.Span(buffer, 0, start), run.Length) : start;
        int length = run.Length + start - offset;
        ReadOnlySpan<byte> bytes = _buffers.Span(buffer, offset, length);
        bool isCopied = length <= Limits.BodyCopyMax
            && (TryCopyToTail(ref to.Output, bytes)
                || (isLittle && TryCopyToSmall(ref to.Output, bytes)));
        if (!isCopied)
        {
            _buffers.AddReference(buffer);
            _segments.Append(ref to.Output, buffer, CloseGap(ref to.Output, buffer, offset, length), length);
        }

        _segments.Consume(ref from.Input, run.Consumed);
    }

    // Small runs are copied behind what is queued already, so that they leave in one piece with it.
    private bool TryCopyToTail(ref SegmentQueue output, ReadOnlySpan<byte> bytes)
    {
        if (output.IsEmpty) return false;
        ref Segment last = ref _segments.At(output.Tail);
        int end = last.Offset + last.Length;
        // Exclusive: nothing else points into the buffer, so what lies behind the segment is free.
        if (!_buffers.IsExclusive(last.Buffer) || bytes.Length > _buffers.SizeOf(last.Buffer) - end)
            return false;
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

    private bool TryAppendBytes(ref SegmentQueue output, ReadOnlySpan<byte> bytes)
    {
        if (TryCopyToTail(ref output, bytes)) return true;
        if (!_buffers.TryLeaseFor(bytes.Length, out int buffer)) return false;
        bytes.CopyTo(_buffers.Span(buffer, 0, bytes.Length));
        _segments.Append(ref output, buffer, 0, bytes.Length);
        return true;
    }

    private BodyProgress MoveTrailers(
        ref Connection from, ref Connection to, ref BodyReader reader, in BodyWriter writer,
        in TrailerFilter filter, bool isResponse)
    {
        while (true)
        {
            ref Segment first = ref _segments.First(ref from.Input);
            ReadOnlySpan<byte> input = _buffers.Span(first.Buffer, first.Offset, first.Length);
            switch (_trailers.Parse(input, isResponse))
            {
                case ParseStatus.Complete:
                    BodyProgress progress =
                        EndBody(ref to, ref reader, in writer, input, _trailers.Lines, in filter);
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

    // Ends a body, with the trailers that came behind it, if any.
    private BodyProgress EndBody(
        ref Connection to, ref BodyReader reader, in BodyWriter writer, ReadOnlySpan<byte> input,
        FieldLines? trailers, in TrailerFilter filter)
    {
        if (writer.IsChunked)
        {
            int written = writer.WriteEnd(_scratch, input, trailers, in filter);
            if (!TryAppendBytes(ref to.Output, _scratch.AsSpan(0, written)))
                return BodyProgress.IsOutOfBuffers;
        }

        reader.End();
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
