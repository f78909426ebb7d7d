using System.Runtime.CompilerServices;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Exchanges;

/// <summary>
/// The verbs of a leg: write a head, move a body, end, give credit, and what the other side did. What carries
/// a leg is known here and nowhere else: two queues of bytes, whichever layer they belong to. Bodies stay in
/// the buffer they were received into and are sent from there; framing is always our own.
/// Owner: the exchange table. Thread: its worker's. State: the trailer section that was read last.
/// </summary>
internal sealed class Legs<TRing>(TransportTable<TRing> transports)
    where TRing : struct, IRing
{
    private readonly BufferPool _buffers = transports.Buffers;
    private readonly SegmentPool _segments = transports.Segments;
    private readonly TrailerSection _trailers = new(HeaderLimits.Trailers);
    private readonly byte[] _scratch = new byte[BodyWriter.EndBytesMax];

    // ---- what carries a leg ----

    /// <summary>What has come in and was not used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref SegmentQueue Input(in Leg leg)
    {
        switch (leg.Kind)
        {
            case LegKind.Http1 or LegKind.Splice:
                return ref transports[leg.Transport].Input;
            default:
                Invariant.Fail("a leg that is read from has an input", (long)leg.Kind);
                return ref transports[leg.Transport].Input;
        }
    }

    /// <summary>What is to go out and was not taken yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref SegmentQueue Output(in Leg leg)
    {
        switch (leg.Kind)
        {
            case LegKind.Http1 or LegKind.Splice:
                return ref transports[leg.Transport].Output;
            default:
                Invariant.Fail("a leg that is written to has an output", (long)leg.Kind);
                return ref transports[leg.Transport].Output;
        }
    }

    /// <summary>Whether nothing more comes in behind the input.</summary>
    public bool IsEnded(in Leg leg) => Has(in leg, TransportFlags.IsInputEnded);

    /// <summary>Whether nothing can go out any more; what has come in still counts.</summary>
    public bool IsBroken(in Leg leg) => Has(in leg, TransportFlags.IsSendBroken);

    /// <summary>Whether bytes are with the kernel, so that nobody knows whether they have left.</summary>
    public bool IsSending(in Leg leg) => Has(in leg, TransportFlags.IsSending);

    /// <summary>Whether it stands: a leg whose connection is being made takes nothing yet.</summary>
    public bool IsOpen(in Leg leg) =>
        leg.IsAttached && transports[leg.Transport].State == TransportState.Open;

    /// <summary>Whether everything that was queued has been taken by the kernel.</summary>
    public bool IsDrained(in Leg leg) => transports.IsDrained(leg.Transport);

    /// <summary>Whether the output has room, so that the other leg may go on.</summary>
    public bool HasRoom(in Leg leg) => transports.HasRoom(leg.Transport);

    // ---- verbs ----

    /// <summary>Queues a head that was written into a buffer, and takes over one reference on it.</summary>
    public void WriteHead(in Leg leg, int buffer, int length) =>
        _segments.Append(ref Output(in leg), buffer, 0, length);

    /// <summary>Lets what is queued leave.</summary>
    public void Send(in Leg leg) => transports.Flush(leg.Transport);

    /// <summary>Takes back what is queued and is not with the kernel.</summary>
    public void Unsend(in Leg leg) => _segments.Clear(ref Output(in leg));

    /// <summary>Lets the peer send, as far as credit goes.</summary>
    public void Credit(in Leg leg) => transports.Arm(leg.Transport);

    /// <summary>Drops what has come in.</summary>
    public void Drop(in Leg leg) => _segments.Clear(ref Input(in leg));

    /// <summary>Whether we have said that nothing more goes out.</summary>
    public bool IsOutputEnded(in Leg leg) => Has(in leg, TransportFlags.IsOutputEnded);

    /// <summary>Says that nothing more goes out: the peer of a splice is told, and may still send.</summary>
    public void EndOutput(in Leg leg)
    {
        transports[leg.Transport].Set(TransportFlags.IsOutputEnded);
        transports.Shutdown(leg.Transport);
    }

    /// <summary>The rule that a body broke that was rejected; None when its connection was reset.</summary>
    public Rejection RuleBroken(in Leg from) =>
        from.Reader.AwaitsTrailers ? _trailers.Rejection : from.Reader.Rejection;

    /// <summary>
    /// Moves what has come of a body from one leg to the other. At its end the exchange is asked what becomes
    /// of <see cref="TrailersOf"/>: then <see cref="TryEnd"/> ends it.
    /// </summary>
    public BodyProgress Move(ref Leg from, ref Leg to, bool isResponse)
    {
        ref SegmentQueue input = ref Input(in from);
        ref SegmentQueue output = ref Output(in to);
        while (true)
        {
            // Before a full output: what has ended needs no room, and no byte may come to make it be asked
            // for again.
            if (from.Reader.IsDone) return BodyProgress.IsDone;
            if (transports.IsFull(to.Transport)) return BodyProgress.IsBlocked;
            if (input.IsEmpty)
            {
                bool isOver = from.Reader.Kind == BodyKind.UntilClose && IsEnded(in from);
                if (!isOver) return BodyProgress.NeedsMore;
                return IsBroken(in from) ? BodyProgress.IsRejected : BodyProgress.IsAtEnd;
            }

            if (from.Reader.AwaitsTrailers) return ReadTrailers(ref input, isResponse);
            ref Segment first = ref _segments.First(ref input);
            ReadOnlySpan<byte> bytes = _buffers.Span(first.Buffer, first.Offset, first.Length);
            switch (from.Reader.Next(bytes, out BodyRun run))
            {
                case BodyStep.Data:
                    MoveRun(ref input, ref output, ref to.Writer, run);
                    break;
                case BodyStep.Framing:
                    _segments.Consume(ref input, run.Consumed);
                    break;
                default:
                    return BodyProgress.IsRejected;
            }
        }
    }

    /// <summary>
    /// The fields that came behind a body whose end is here; they are valid until <see cref="TryEnd"/>.
    /// </summary>
    public Trailers TrailersOf(in Leg from)
    {
        if (!from.Reader.AwaitsTrailers) return default;
        ref Segment first = ref _segments.First(ref Input(in from));
        return new Trailers(_buffers.Span(first.Buffer, first.Offset, first.Length), _trailers.Lines);
    }

    /// <summary>
    /// Ends a body whose end is here on both legs, with those trailers that go on; false when no buffer is
    /// left to write them into.
    /// </summary>
    public bool TryEnd(ref Leg from, in Leg to, Trailers trailers)
    {
        int written = to.Writer.WriteEnd(_scratch, trailers);
        if (written > 0 && !_segments.TryAppendCopy(ref Output(in to), _scratch.AsSpan(0, written)))
            return false;
        if (from.Reader.AwaitsTrailers) _segments.Consume(ref Input(in from), _trailers.Length);
        from.Reader.End();
        return true;
    }

    /// <summary>Moves what has come to the other leg, as it is.</summary>
    public void Splice(in Leg from, in Leg to)
    {
        ref SegmentQueue input = ref Input(in from);
        ref SegmentQueue output = ref Output(in to);
        BodyWriter plain = default;
        while (!input.IsEmpty && !transports.IsFull(to.Transport))
        {
            int length = _segments.First(ref input).Length;
            MoveRun(ref input, ref output, ref plain, new BodyRun(0, length, length));
        }
    }

    private bool Has(in Leg leg, TransportFlags flag) => transports[leg.Transport].Has(flag);

    // Moves a run of the first input segment, framed, and drops what it was taken from.
    private void MoveRun(ref SegmentQueue input, ref SegmentQueue output, ref BodyWriter writer, BodyRun run)
    {
        ref Segment first = ref _segments.First(ref input);
        int buffer = first.Buffer;
        int start = first.Offset + run.Start;
        bool isLittle = first.Length <= Limits.BodyCopyMax && !_buffers.IsSmall(buffer);
        int offset = writer.IsChunked ? writer.Frame(_buffers.Span(buffer, 0, start), run.Length) : start;
        int length = run.Length + start - offset;
        ReadOnlySpan<byte> bytes = _buffers.Span(buffer, offset, length);
        bool isCopied = length <= Limits.BodyCopyMax
            && (_segments.TryCopyToTail(ref output, bytes)
                || (isLittle && _segments.TryCopyToSmall(ref output, bytes)));
        if (!isCopied)
        {
            _buffers.AddReference(buffer);
            _segments.Append(
                ref output, buffer, _segments.CloseGap(ref output, buffer, offset, length), length);
        }

        _segments.Consume(ref input, run.Consumed);
    }

    private BodyProgress ReadTrailers(ref SegmentQueue input, bool isResponse)
    {
        while (true)
        {
            ref Segment first = ref _segments.First(ref input);
            ReadOnlySpan<byte> text = _buffers.Span(first.Buffer, first.Offset, first.Length);
            switch (_trailers.Parse(text, isResponse))
            {
                case ParseStatus.Complete:
                    return BodyProgress.IsAtEnd;
                case ParseStatus.Incomplete when input.Count > 1:
                    if (!_segments.TryJoin(ref input)) return BodyProgress.IsOutOfBuffers;
                    break;
                case ParseStatus.Incomplete:
                    return BodyProgress.NeedsMore;
                default:
                    return BodyProgress.IsRejected;
            }
        }
    }
}
