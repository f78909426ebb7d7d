using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Mirroring;

// What comes of the connections of copies.
internal sealed partial class MirrorTable<TRing>
{
    /// <summary>The connection of a copy stands, or failed.</summary>
    public void OnConnect(int slot, int result)
    {
        if (result < 0)
        {
            _pools.CountConnectFailure(slot, -result);
            bool isLate = -result == Errno.Timedout;
            _pools.NoteFailure(slot, isLate ? Outcome.ConnectTimedOut : Outcome.ConnectFailed, -result);
            End(_transports[slot].Key, Counter.MirrorsFailed, isKept: false);
            return;
        }

        _transports[slot].State = TransportState.Open;
        Start(slot);
    }

    /// <summary>Takes what a send has taken; negative when it has failed.</summary>
    public void OnSent(int slot, int result)
    {
        if (result < 0) End(_transports[slot].Key, Counter.MirrorsFailed, isKept: false);
        // A handshake has the time of a connect, however much it sends.
        else if (_transports[slot].State == TransportState.Open) SetDeadline(slot);
    }

    /// <summary>Nothing has moved for too long, or connecting takes too long.</summary>
    public void OnDeadline(int slot)
    {
        if (_transports[slot].State is TransportState.Connecting or TransportState.Securing)
            OnConnect(slot, -Errno.Timedout);
        else End(_transports[slot].Key, Counter.MirrorsFailed, isKept: false);
    }

    /// <summary>Reads a response and drops it.</summary>
    public void OnInput(int slot, int bytes)
    {
        _counters.Add(Counter.BytesReceivedUpstream, bytes);
        SetDeadline(slot);
        ref Transport transport = ref _transports[slot];
        int id = transport.Key;
        ref Mirror mirror = ref _mirrors[id];
        while (!transport.Input.IsEmpty && !mirror.Reader.AwaitsTrailers)
        {
            bool goesOn = mirror.HasHead ? DropBody(ref mirror, ref transport) : ReadHead(id, ref transport);
            if (!goesOn) break;
        }

        if (transport.State == TransportState.Closing) return;
        bool isEnded = transport.Has(TransportFlags.IsInputEnded);
        // A response that has trailers is at its end: its connection is not worth reading them.
        bool isDone = mirror.HasHead && (mirror.Reader.IsDone || mirror.Reader.AwaitsTrailers
            || (isEnded && mirror.Reader.Kind == BodyKind.UntilClose));
        if (isDone) End(id, Counter.MirrorsCompleted, IsReusable(in mirror, in transport));
        else if (isEnded) End(id, Counter.MirrorsFailed, isKept: false);
    }

    private void Start(int slot)
    {
        _transports.BeginProgress(slot);
        _transports[slot].Scanned = 0;
        SetDeadline(slot);
        _transports.Arm(slot);
        _transports.Flush(slot);
    }

    private void SetDeadline(int slot) =>
        _timers.Set(TimerWheel.OfTransport(slot), _clock.NowMs + _idleMs);

    // False when more must come, or the copy has ended over it.
    private bool ReadHead(int id, ref Transport transport)
    {
        ref Mirror mirror = ref _mirrors[id];
        ref Segment first = ref _segments.First(ref transport.Input);
        ReadOnlySpan<byte> text = _buffers.Span(first.Buffer, first.Offset, first.Length);
        ParseStatus status = _head.Parse(text, mirror.Method, isUpgrade: false, ref transport.Scanned);
        switch (status)
        {
            case ParseStatus.Complete:
                transport.Scanned = 0;
                _segments.Consume(ref transport.Input, _head.Length);
                if (_head.IsInterim) return true;
                _pools.NoteResponse(mirror.Transport);
                mirror.HasHead = true;
                mirror.KeepsAlive = _head.KeepsAlive;
                mirror.Reader = BodyReader.For(_head.Body, _head.ContentLength);
                return true;
            case ParseStatus.Incomplete when transport.Input.Count == 1:
                return false;
            case ParseStatus.Incomplete when _segments.TryJoin(ref transport.Input):
                return true;
            default:
                if (status == ParseStatus.Incomplete) _counters.Add(Counter.LimitBuffers);
                End(id, Counter.MirrorsFailed, isKept: false);
                return false;
        }
    }

    // False when the response is over, or broken: then its connection is.
    private bool DropBody(ref Mirror mirror, ref Transport transport)
    {
        if (mirror.Reader.IsDone) return false;
        ref Segment first = ref _segments.First(ref transport.Input);
        ReadOnlySpan<byte> bytes = _buffers.Span(first.Buffer, first.Offset, first.Length);
        bool isBroken = mirror.Reader.Next(bytes, out BodyRun run) == BodyStep.Rejected;
        if (isBroken) mirror.KeepsAlive = false;
        if (isBroken) mirror.Reader.End();
        else _segments.Consume(ref transport.Input, run.Consumed);
        return !isBroken;
    }

    private static bool IsReusable(in Mirror mirror, in Transport transport)
    {
        const TransportFlags spoiled =
            TransportFlags.IsInputEnded | TransportFlags.IsSendBroken | TransportFlags.IsSending;
        return mirror.KeepsAlive && mirror.Exchange == None && !mirror.Reader.AwaitsTrailers
            && (transport.Flags & spoiled) == 0 && transport.Input.IsEmpty && transport.Output.IsEmpty;
    }
}
