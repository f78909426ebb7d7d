using Serval.DataPlane.Accounting;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Workers;

// Stage 1, Accepting: listening sockets of this worker and the connections that come in on them.
internal sealed partial class Worker<TRing>
{
    private bool _acceptsWait;
    private int _acceptTurn;

    private void AddSocket(in WorkerMessage message)
    {
        ref ListeningSocket socket = ref _sockets[message.Socket];
        Invariant.Check(
            !socket.IsOpen && socket.ArmedAccepts == 0, "a socket id is free before it is used again");
        socket = new ListeningSocket
        {
            Descriptor = message.Descriptor,
            Port = message.Port,
            IsOpen = true,
            IsAccepting = true,
        };
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

    /// <summary>Closes what still listens, once the ring has ended: the port is free for others.</summary>
    public void CloseSockets()
    {
        for (int id = 0; id < _sockets.Length; id++)
        {
            if (!_sockets[id].IsOpen) continue;
            Listening.Stop(_sockets[id].Descriptor);
            CloseSocket(id);
        }
    }

    private void CloseSocket(int id)
    {
        Listening.Close(_sockets[id].Descriptor);
        _sockets[id] = default;
        Volatile.Write(ref _timesClosed[id], _timesClosed[id] + 1);
    }

    // A slot per armed accept; the reserve keeps room for upstream connections however many clients come.
    private void ArmAccepts(int id)
    {
        ref ListeningSocket socket = ref _sockets[id];
        int reserve = Math.Min(Limits.ConnectionSlotsReserved, _connections.Capacity / 4);
        while (socket.IsAccepting && socket.ArmedAccepts < Limits.AcceptsArmed)
        {
            if (_connections.Available <= reserve || !_connections.TryLease(out int slot))
            {
                Counters.Add(Counter.LimitConnectionSlots);
                _acceptsWait = true;
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
        }
        else
        {
            connection.Role = ConnectionRole.Downstream;
            connection.Set(ConnectionFlags.IsOpen);
            BeginProgress(ref connection, _nowMs);
            Counters.Add(Counter.ConnectionsAccepted);
            Counters.DownstreamOpened(1);
            _timers.Set(slot, _nowMs + _options.Timeouts.RequestHeadMs);
            ArmReceive(slot);
        }

        if (socket.IsAccepting) ArmAccepts(id);
        else if (socket.ArmedAccepts == 0) CloseSocket(id);
    }

    // Accepts that found no slot are armed again when slots come back: another socket first each time, so
    // that scarce slots go round.
    private void ResumeAccepts()
    {
        _acceptsWait = false;
        _acceptTurn = (_acceptTurn + 1) % _sockets.Length;
        for (int i = 0; i < _sockets.Length; i++)
        {
            int id = (_acceptTurn + i) % _sockets.Length;
            if (_sockets[id].IsAccepting && _sockets[id].ArmedAccepts < Limits.AcceptsArmed) ArmAccepts(id);
        }
    }
}
