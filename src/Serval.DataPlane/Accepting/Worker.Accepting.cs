using Serval.DataPlane.Accounting;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Workers;

// Stage 1, Accepting: listening sockets of this worker and the connections that come in on them.
internal sealed partial class Worker<TRing>
{
    private bool _acceptsWait;
    private int _acceptTurn;
    private long _acceptsResumeMs;
    private int _openSockets;

    private void AddSocket(in WorkerMessage message)
    {
        ref ListeningSocket socket = ref _sockets[message.Socket];
        Invariant.Check(
            !socket.IsOpen && socket.ArmedAccepts == 0, "a socket id is free before it is used again");
        if (_isDraining)
        {
            Listening.Close(message.Descriptor);
            Volatile.Write(ref _timesClosed[message.Socket], _timesClosed[message.Socket] + 1);
            return;
        }

        socket = new ListeningSocket
        {
            Descriptor = message.Descriptor,
            Port = message.Port,
            IsOpen = true,
            IsAccepting = true,
        };
        _openSockets++;
        ArmAccepts(message.Socket);
    }

    private void RemoveSocket(int id)
    {
        ref ListeningSocket socket = ref _sockets[id];
        if (!socket.IsOpen) return;
        socket.IsAccepting = false;
        if (socket.ArmedAccepts == 0)
        {
            CloseSocket(id);
            return;
        }

        // Each accept ends with ECANCELED, or with a connection that is served; the last one closes the
        // socket.
        for (int slot = 0; slot < _connections.Capacity && socket.ArmedAccepts > 0; slot++)
        {
            ref Connection connection = ref _connections[slot];
            if (connection.Role != ConnectionRole.Accepting || connection.Origin != id) continue;
            Cancel(slot, TokenKind.Accept);
        }
    }

    // The clients of a listener that is gone. None names the socket's id afterwards, so that it can be used
    // again: else a kept connection would come to the routes of another listener.
    private void DismissClients(int id)
    {
        for (int slot = 0; slot < _connections.Capacity; slot++)
        {
            ref Connection connection = ref _connections[slot];
            if (connection.Origin != id) continue;
            switch (connection.Role)
            {
                case ConnectionRole.Downstream when connection.Input.IsEmpty:
                    BeginClose(slot);
                    break;
                case ConnectionRole.Downstream or ConnectionRole.Lingering:
                    Dismiss(ref connection);
                    break;
                case ConnectionRole.DownstreamBusy:
                    Dismiss(ref connection);
                    _exchanges[connection.Exchange].Unset(ExchangeFlags.KeepsDownstream);
                    break;
                default:
                    break;
            }
        }
    }

    private static void Dismiss(ref Connection connection)
    {
        connection.Origin = -1;
        connection.Set(ConnectionFlags.IsLeaving);
    }

    /// <summary>Closes what still listens, once the ring has ended: the port is free for others.</summary>
    public void CloseSockets()
    {
        for (int id = 0; id < _sockets.Length; id++)
        {
            if (_sockets[id].IsOpen) CloseSocket(id);
        }
    }

    // An accept that has just ended may hold the socket a little longer: it listens no more all the same. The
    // port is kept for the heads that are still under way when the worker drains.
    private void CloseSocket(int id)
    {
        Listening.Stop(_sockets[id].Descriptor);
        Listening.Close(_sockets[id].Descriptor);
        _openSockets--;
        _sockets[id] = new ListeningSocket { Port = _sockets[id].Port };
        Volatile.Write(ref _timesClosed[id], _timesClosed[id] + 1);
    }

    // A slot per armed accept; the reserve keeps room for upstream connections however many clients come.
    private void ArmAccepts(int id)
    {
        if (_nowMs < _acceptsResumeMs)
        {
            _acceptsWait = true;
            return;
        }

        ref ListeningSocket socket = ref _sockets[id];
        int reserve = Math.Min(Limits.ConnectionSlotsReserved, _connections.Capacity / 4);
        // Where slots are few, the accepts of one socket leave some to those of the others.
        int share = Math.Clamp(
            (_connections.Capacity - reserve) / (2 * _openSockets), 1, Limits.AcceptsArmed);
        while (socket.IsAccepting && socket.ArmedAccepts < share)
        {
            if (_connections.Available <= reserve || !_connections.TryLease(out int slot))
            {
                Counters.Add(Counter.LimitConnectionSlots);
                _acceptsWait = true;
                // The last accept has found somebody, and others may wait behind.
                if (socket.ArmedAccepts == 0) EvictIdle(Math.Clamp(_connections.Capacity / 64, 1, 4));
                return;
            }

            ref Connection connection = ref Initialize(slot, ConnectionRole.Accepting);
            connection.Origin = id;
            connection.InFlight = 1;
            socket.ArmedAccepts++;
            _ring.Accept(socket.Descriptor, slot, TokenOf(TokenKind.Accept, slot));
        }
    }

    private void OnAccept(int slot, int result)
    {
        ref Connection connection = ref _connections[slot];
        int id = connection.Origin;
        ref ListeningSocket socket = ref _sockets[id];
        socket.ArmedAccepts--;
        if (result < 0)
        {
            connection.Role = ConnectionRole.Closing;
            if (result != -Errno.Canceled) Counters.Add(Counter.AcceptErrors);
            // What failed at once would fail at once again, and nothing else would be done meanwhile.
            if (!IsOfOneClient(-result)) _acceptsResumeMs = _nowMs + Limits.AcceptBackoffMs;
        }
        else
        {
            connection.Role = ConnectionRole.Downstream;
            connection.Set(ConnectionFlags.IsOpen);
            BeginProgress(ref connection, _nowMs);
            if (!socket.IsAccepting && !_isDraining) Dismiss(ref connection);
            JoinIdle(slot);
            Counters.Add(Counter.ConnectionsAccepted);
            Counters.DownstreamOpened(1);
            _timers.Set(slot, _nowMs + _options.Timeouts.RequestHeadMs);
            ArmReceive(slot);
        }

        if (socket.IsAccepting) ArmAccepts(id);
        else if (socket.ArmedAccepts == 0) CloseSocket(id);
    }

    // accept(2): errors of the connection that was to be taken; the next one may be sound. All others are the
    // machine's: no descriptor, no memory.
    private static bool IsOfOneClient(int errno) => errno is Errno.Canceled or Errno.Connaborted
        or Errno.Proto or Errno.Perm or Errno.Intr or Errno.Again or Errno.Hostunreach or Errno.Netunreach
        or Errno.Netdown or Errno.Hostdown or Errno.Nonet or Errno.Noprotoopt or Errno.Opnotsupp;

    // Accepts that found no slot are armed again when slots come back: another socket first each time, so
    // that scarce slots go round.
    private void ResumeAccepts()
    {
        if (_nowMs < _acceptsResumeMs) return;
        _acceptsWait = false;
        _acceptTurn = (_acceptTurn + 1) % _sockets.Length;
        for (int i = 0; i < _sockets.Length; i++)
        {
            int id = (_acceptTurn + i) % _sockets.Length;
            if (_sockets[id].IsAccepting && _sockets[id].ArmedAccepts < Limits.AcceptsArmed) ArmAccepts(id);
        }
    }
}
