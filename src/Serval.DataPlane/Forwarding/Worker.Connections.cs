using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Workers;

// What connections of both sides share: receiving with backpressure, sending, deadlines, closing.
internal sealed partial class Worker<TRing>
{
    private Token TokenOf(TokenKind kind, int slot) => new(kind, slot, _connections[slot].Generation);

    private void Cancel(int slot, TokenKind kind) =>
        _ring.Cancel(TokenOf(kind, slot), TokenOf(TokenKind.Cancel, slot));

    private ref Connection Initialize(int slot, ConnectionRole role)
    {
        ref Connection connection = ref _connections[slot];
        uint generation = connection.Generation + 1;
        connection = new Connection
        {
            Role = role,
            Generation = generation,
            Exchange = -1,
            Origin = -1,
            TimerBucket = -1,
            Next = -1,
            Previous = -1,
            IdleBefore = -1,
            IdleAfter = -1,
        };
        return ref connection;
    }

    // ---- receiving ----

    // Arms a receive unless something says that bytes should wait where they are: the kernel then closes the
    // peer's window. One rule for every connection.
    private void ArmReceive(int slot)
    {
        ref Connection connection = ref _connections[slot];
        const ConnectionFlags busy =
            ConnectionFlags.IsReceiving | ConnectionFlags.IsInputEnded | ConnectionFlags.IsStarved;
        if ((connection.Flags & busy) != 0) return;
        if (connection.Role is ConnectionRole.Closing or ConnectionRole.Connecting) return;
        if (MustPause(in connection))
        {
            WatchSoon(slot);
            return;
        }

        connection.Set(ConnectionFlags.IsReceiving);
        connection.Unset(ConnectionFlags.IsPausing);
        connection.InFlight++;
        int bytesMax = IsTight ? BufferPool.SmallBytes : BufferPool.ReceiveBytes;
        _ring.Receive(slot, MayReceiveAhead, bytesMax, TokenOf(TokenKind.Receive, slot));
        if (IsTight) Counters.Add(Counter.ReceivesSmall);
    }

    private int OppositeOf(in Connection connection)
    {
        if (connection.Exchange < 0) return -1;
        ref Exchange exchange = ref _exchanges[connection.Exchange];
        return connection.Role == ConnectionRole.UpstreamBusy ? exchange.Downstream : exchange.Upstream;
    }

    private void PauseIfAhead(int slot)
    {
        ref Connection connection = ref _connections[slot];
        const ConnectionFlags state = ConnectionFlags.IsReceiving | ConnectionFlags.IsPausing;
        if ((connection.Flags & state) != ConnectionFlags.IsReceiving || !MustPause(in connection)) return;
        connection.Set(ConnectionFlags.IsPausing);
        Counters.Add(Counter.ReceivesPaused);
        Cancel(slot, TokenKind.Receive);
    }

    private void OnReceive(int slot, in Completion completion)
    {
        ref Connection connection = ref _connections[slot];
        if (!completion.HasMore) connection.Unset(ConnectionFlags.IsReceiving | ConnectionFlags.IsPausing);
        int result = completion.Result;
        if (result > 0)
        {
            Invariant.Check(completion.Buffer >= 0, "a receive with bytes names its buffer");
            NoteProgress(ref connection, result);
            if (connection.Role == ConnectionRole.Closing)
            {
                _buffers.Release(completion.Buffer);
                return;
            }

            Keep(ref connection.Input, completion.Buffer, result);
        }
        else
        {
            if (completion.Buffer >= 0) _buffers.Release(completion.Buffer);
            switch (-result)
            {
                case 0:
                    connection.Set(ConnectionFlags.IsInputEnded);
                    break;
                case Errno.Nobufs:
                    Starve(slot);
                    return;
                case Errno.Canceled or Errno.Intr or Errno.Again:
                    break;
                default:
                    // Reset, timed out, unreachable: the connection is gone.
                    connection.Set(ConnectionFlags.IsInputEnded | ConnectionFlags.IsSendBroken);
                    break;
            }
        }

        OnInput(slot, Math.Max(result, 0));
        if (connection.Role == ConnectionRole.Closing) return;
        Settle(ref connection.Input);
        PauseIfAhead(slot);
        ArmReceive(slot);
    }

    // What came in is handed to the stage that the connection is in.
    private void OnInput(int slot, int bytes)
    {
        ref Connection connection = ref _connections[slot];
        switch (connection.Role)
        {
            case ConnectionRole.Downstream or ConnectionRole.DownstreamBusy:
                if (connection.Role == ConnectionRole.Downstream) LeaveIdle(slot);
                Counters.Add(Counter.BytesReceivedDownstream, bytes);
                PumpDownstream(slot);
                break;
            case ConnectionRole.Lingering:
                Linger(slot, bytes);
                break;
            case ConnectionRole.UpstreamBusy:
                Counters.Add(Counter.BytesReceivedUpstream, bytes);
                PumpUpstream(slot);
                break;
            case ConnectionRole.UpstreamIdle:
                // RFC 9112 §9.5: bytes or an end without a request; either way it is of no more use.
                if (bytes > 0 || connection.Has(ConnectionFlags.IsInputEnded))
                {
                    RemoveIdle(slot);
                    BeginClose(slot);
                }

                break;
            default:
                break;
        }
    }

    // ---- sending ----

    // One send per connection at a time: what is queued meanwhile goes with the next, in one call.
    private void Flush(int slot)
    {
        ref Connection connection = ref _connections[slot];
        if (connection.Output.IsEmpty || connection.Has(ConnectionFlags.IsSending)) return;
        if (connection.Role is ConnectionRole.Closing or ConnectionRole.Connecting) return;
        if (connection.Has(ConnectionFlags.IsSendBroken))
        {
            _segments.Clear(ref connection.Output);
            return;
        }

        connection.Set(ConnectionFlags.IsSending);
        connection.InFlight++;
        ref Segment first = ref _segments.First(ref connection.Output);
        if (connection.Output.Count == 1)
        {
            _ring.Send(slot, _buffers.Address(first.Buffer, first.Offset), first.Length,
                TokenOf(TokenKind.Send, slot));
            return;
        }

        Span<IoVector> vectors = stackalloc IoVector[Limits.VectorsPerSend];
        int count = Math.Min(connection.Output.Count, vectors.Length);
        int at = connection.Output.Head;
        for (int i = 0; i < count; i++)
        {
            ref Segment segment = ref _segments.At(at);
            vectors[i].Address = _buffers.Address(segment.Buffer, segment.Offset);
            vectors[i].Length = (nuint)segment.Length;
            at = segment.Next;
        }

        _ring.SendVectors(slot, vectors[..count], TokenOf(TokenKind.Send, slot));
    }

    private void OnSend(int slot, int result)
    {
        ref Connection connection = ref _connections[slot];
        connection.Unset(ConnectionFlags.IsSending);
        if (connection.Role == ConnectionRole.Closing) return;
        bool isUpstream = connection.Role == ConnectionRole.UpstreamBusy;
        if (result < 0)
        {
            _segments.Clear(ref connection.Output);
            connection.Set(ConnectionFlags.IsSendBroken);
        }
        else
        {
            NoteProgress(ref connection, result);
            connection.SentBytes += result;
            Counters.Add(isUpstream ? Counter.BytesSentUpstream : Counter.BytesSentDownstream, result);
            if (!isUpstream && connection.Exchange >= 0) _exchanges[connection.Exchange].BytesOut += result;
            _segments.Consume(ref connection.Output, result);
            Flush(slot);
        }

        if (HasRoom(in connection.Output))
        {
            int opposite = OppositeOf(in connection);
            if (opposite >= 0) ResumeInput(opposite);
            if (connection.Role == ConnectionRole.Closing) return;
        }

        if (isUpstream) OnUpstreamSent(slot);
        else OnDownstreamSent(slot);
    }

    // Bytes, or the end behind them, may wait in the input because the output was full: they go first, then
    // the kernel's.
    private void ResumeInput(int slot)
    {
        ref Connection connection = ref _connections[slot];
        if (!connection.Input.IsEmpty || connection.Has(ConnectionFlags.IsInputEnded)) OnInput(slot, 0);
        if (connection.Role != ConnectionRole.Closing) ArmReceive(slot);
    }

    // ---- closing ----

    // Ends a connection whatever it is doing. Its slot is free once the kernel has given everything back.
    private void BeginClose(int slot)
    {
        ref Connection connection = ref _connections[slot];
        if (connection.Role == ConnectionRole.Closing) return;
        ConnectionRole role = connection.Role;
        connection.Role = ConnectionRole.Closing;
        _timers.Remove(slot);
        LeaveIdle(slot);
        _segments.Clear(ref connection.Input);
        // What the kernel may still read returns with its completion, the rest at once.
        if (!connection.Has(ConnectionFlags.IsSending)) _segments.Clear(ref connection.Output);
        Unstarve(slot);
        if (role is ConnectionRole.Connecting or ConnectionRole.UpstreamBusy or ConnectionRole.UpstreamIdle)
        {
            _endpoints[connection.Origin].Connections--;
            Counters.Add(Counter.UpstreamCloses);
        }
        else
        {
            Counters.Add(Counter.ConnectionsClosed);
            Counters.DownstreamOpened(-1);
        }

        if (connection.Has(ConnectionFlags.IsReceiving)) Cancel(slot, TokenKind.Receive);
        if (connection.Has(ConnectionFlags.IsSending)) Cancel(slot, TokenKind.Send);
        if (connection.Has(ConnectionFlags.IsWatched)) Cancel(slot, TokenKind.Watch);
        if (role == ConnectionRole.Connecting) Cancel(slot, TokenKind.Connect);
        FreeWhenQuiet(slot);
    }

    // Freed at the end of the turn, not here: whoever is still at work on the connection finds it closing,
    // and never somebody else's.
    private void FreeWhenQuiet(int slot)
    {
        ref Connection connection = ref _connections[slot];
        if (connection.InFlight > 0 || connection.Has(ConnectionFlags.IsQuiet)) return;
        connection.Set(ConnectionFlags.IsQuiet);
        connection.Next = _quietHead;
        _quietHead = slot;
    }

    private void FreeQuiet()
    {
        while (_quietHead >= 0)
        {
            int slot = _quietHead;
            ref Connection connection = ref _connections[slot];
            _quietHead = connection.Next;
            _segments.Clear(ref connection.Output);
            if (connection.Has(ConnectionFlags.IsOpen)) _ring.Close(slot, TokenOf(TokenKind.Close, slot));
            if (connection.Has(ConnectionFlags.IsEvicted)) _evicting--;
            connection.Role = ConnectionRole.Free;
            connection.Generation++;
            _connections.Release(slot);
        }

        if (_acceptsWait) ResumeAccepts();
    }

    // RFC 9112 §9.6: closing with unread input makes the kernel send a reset that can destroy the answer on
    // its way. So: end our half, read and drop for a while, then close. The kernel ends halves on threads of
    // its own, which costs more than the rest of the connection: never where a plain close does.
    private void BeginLinger(int slot)
    {
        ref Connection connection = ref _connections[slot];
        connection.Role = ConnectionRole.Lingering;
        connection.Lingered = 0;
        connection.LingerEndMs = _nowMs + Limits.LingerMs;
        _segments.Clear(ref connection.Input);
        if (connection.Has(ConnectionFlags.IsInputEnded) || connection.Has(ConnectionFlags.IsSendBroken))
        {
            BeginClose(slot);
            return;
        }

        connection.InFlight++;
        _ring.ShutdownSend(slot, TokenOf(TokenKind.Shutdown, slot));
        _timers.Set(slot, _nowMs + Limits.LingerIdleMs);
        ArmReceive(slot);
    }

    // Bounded by time first: a client that sends its whole body before it reads has to get there.
    private void Linger(int slot, int bytes)
    {
        ref Connection connection = ref _connections[slot];
        _segments.Clear(ref connection.Input);
        connection.Lingered += bytes;
        if (connection.Has(ConnectionFlags.IsInputEnded))
        {
            BeginClose(slot);
        }
        else if (connection.Lingered > Limits.LingerBytesMax)
        {
            Counters.Add(Counter.LimitLingerBytes);
            BeginClose(slot);
        }
        else
        {
            _timers.Set(slot, Math.Min(_nowMs + Limits.LingerIdleMs, connection.LingerEndMs));
        }
    }
}
