using Serval.DataPlane.Accounting;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Accepting;

/// <summary>
/// The listening sockets of one worker, and the accepts that are armed on them. A connection that came in is
/// open, and its head is awaited.
/// Owner: one worker. Thread: the worker's; <see cref="TimesClosed"/> is read by the publisher. Bound:
/// <see cref="Limits.ListenSockets"/>, and <see cref="Limits.AcceptsArmed"/> for each.
/// </summary>
internal sealed class Acceptor<TRing>(
    TransportTable<TRing> transports, Evictor<TRing> evictor, TimerWheel timers, TurnClock clock,
    WorkerCounters counters, int headMs)
    where TRing : struct, IRing
{
    private readonly ListeningSocket[] _sockets = new ListeningSocket[Limits.ListenSockets];
    private readonly int[] _timesClosed = new int[Limits.ListenSockets];
    private bool _isWaiting;
    private bool _isDraining;
    private bool _isBackingOff;
    private int _next;
    private int _openSockets;

    /// <summary>How often the listening socket of an id was closed here. Any thread.</summary>
    public int TimesClosed(int socket) => Volatile.Read(ref _timesClosed[socket]);

    /// <summary>
    /// The port of a listening socket, or of the last one of its id, which heads that are still under way
    /// name.
    /// </summary>
    public int PortOf(int socket) => _sockets[socket].Port;

    /// <summary>Accepts on a socket from now on.</summary>
    public void Add(in WorkerMessage message)
    {
        ref ListeningSocket socket = ref _sockets[message.Socket];
        Invariant.Check(
            !socket.IsOpen && socket.ArmedAccepts == 0, "a socket id is free before it is used again");
        if (_isDraining)
        {
            Refuse(in message);
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
        Arm(message.Socket);
    }

    /// <summary>Closes a socket that comes when nothing is accepted any more.</summary>
    public void Refuse(in WorkerMessage message)
    {
        Listening.Close(message.Descriptor);
        NoteClosed(message.Socket);
    }

    /// <summary>Accepts on a socket no more; it is closed once nothing is armed on it.</summary>
    public void Remove(int id)
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
        for (int slot = 0; slot < transports.Capacity && socket.ArmedAccepts > 0; slot++)
        {
            ref Transport transport = ref transports[slot];
            if (transport.State == TransportState.Accepting && transport.Origin == id)
                transports.CancelAccept(slot);
        }
    }

    /// <summary>Accepts no more on any socket.</summary>
    public void Drain()
    {
        _isDraining = true;
        for (int id = 0; id < _sockets.Length; id++) Remove(id);
    }

    /// <summary>Closes what still listens, once the ring has ended: the port is free for others.</summary>
    public void CloseSockets()
    {
        for (int id = 0; id < _sockets.Length; id++)
        {
            if (_sockets[id].IsOpen) CloseSocket(id);
        }
    }

    /// <summary>Takes a connection that has come in, or an error.</summary>
    public void OnAccept(int slot, int result)
    {
        ref Transport transport = ref transports[slot];
        int id = transport.Origin;
        ref ListeningSocket socket = ref _sockets[id];
        socket.ArmedAccepts--;
        if (result < 0)
        {
            transport.State = TransportState.Closing;
            if (result != -Errno.Canceled) counters.Add(Counter.AcceptErrors);
            // What failed at once would fail at once again, and nothing else would be done meanwhile.
            if (!IsOfOneClient(-result)) BackOff();
        }
        else
        {
            transport.State = TransportState.Open;
            transport.Owner = TransportOwner.Heads;
            transport.Set(TransportFlags.IsOpen);
            transports.BeginProgress(slot);
            if (!socket.IsAccepting && !_isDraining) transports.Dismiss(slot);
            transports.JoinIdle(slot);
            counters.Add(Counter.ConnectionsAccepted);
            counters.DownstreamOpened(1);
            timers.Set(TimerWheel.OfTransport(slot), clock.NowMs + headMs);
            transports.Arm(slot);
        }

        if (socket.IsAccepting) Arm(id);
        else if (socket.ArmedAccepts == 0) CloseSocket(id);
    }

    /// <summary>
    /// Arms accepts again that found no slot, once slots have come back. Starts behind the socket that got
    /// one last, so that scarce slots go round.
    /// </summary>
    public void Resume()
    {
        if (!_isWaiting || _isBackingOff) return;
        _isWaiting = false;
        int first = _next;
        for (int i = 0; i < _sockets.Length; i++)
        {
            int id = (first + i) % _sockets.Length;
            ref ListeningSocket socket = ref _sockets[id];
            if (!socket.IsAccepting) continue;
            int before = socket.ArmedAccepts;
            Arm(id);
            if (socket.ArmedAccepts > before) _next = id + 1;
        }
    }

    /// <summary>The time is over for which no accept was armed.</summary>
    public void OnDeadline() => _isBackingOff = false;

    private void BackOff()
    {
        _isBackingOff = true;
        timers.Set(timers.OfAccepts, clock.NowMs + Limits.AcceptBackoffMs);
    }

    // A slot per armed accept; the reserve keeps room for upstream connections however many clients come.
    private void Arm(int id)
    {
        if (_isBackingOff)
        {
            _isWaiting = true;
            return;
        }

        ref ListeningSocket socket = ref _sockets[id];
        int reserve = Math.Min(Limits.ConnectionSlotsReserved, transports.Capacity / 4);
        // Where slots are few, the accepts of one socket leave some to those of the others.
        int share = Math.Clamp(
            (transports.Capacity - reserve) / (2 * _openSockets), 1, Limits.AcceptsArmed);
        while (socket.IsAccepting && socket.ArmedAccepts < share)
        {
            if (transports.Available <= reserve
                || !transports.TryLease(TransportState.Accepting, id, out int slot))
            {
                counters.Add(Counter.LimitConnectionSlots);
                _isWaiting = true;
                // The last accept has found somebody, and others may wait behind.
                if (socket.ArmedAccepts == 0) evictor.Evict(Math.Clamp(transports.Capacity / 64, 1, 4));
                return;
            }

            socket.ArmedAccepts++;
            transports.Accept(socket.Descriptor, slot);
        }
    }

    // accept(2): errors of the connection that was to be taken; the next one may be sound. All others are the
    // machine's: no descriptor, no memory.
    private static bool IsOfOneClient(int errno) => errno is Errno.Canceled or Errno.Connaborted
        or Errno.Proto or Errno.Perm or Errno.Intr or Errno.Again or Errno.Hostunreach or Errno.Netunreach
        or Errno.Netdown or Errno.Hostdown or Errno.Nonet or Errno.Noprotoopt or Errno.Opnotsupp;

    // An accept that has just ended may hold the socket a little longer: it listens no more all the same. The
    // port is kept for the heads that are still under way when the worker drains.
    private void CloseSocket(int id)
    {
        Listening.Stop(_sockets[id].Descriptor);
        Listening.Close(_sockets[id].Descriptor);
        _openSockets--;
        _sockets[id] = new ListeningSocket { Port = _sockets[id].Port };
        NoteClosed(id);
    }

    private void NoteClosed(int id) => Volatile.Write(ref _timesClosed[id], _timesClosed[id] + 1);
}
