using Serval.DataPlane.Rings;
using Serval.Simulation.Tests.Actors;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Kernel;

// Descriptors: accepting, connecting, shutting down, cancelling, closing.
internal sealed partial class SimulatedKernel
{
    private readonly Dictionary<int, Queue<Operation>> _accepts = [];

    public void Accept(int listener, int slot, Token token) => _submissions.Add(() =>
    {
        _network.Note(TraceKind.SubmitAccept, slot, 0);
        Operation operation = new(token, slot) { Listener = listener };
        Begin(operation);
        if (!_accepts.TryGetValue(listener, out Queue<Operation>? queue)) _accepts[listener] = queue = new();
        queue.Enqueue(operation);
        _network.Listener(listener).Poke = () => TakeClients(listener);
        TakeClients(listener);
    });

    public void Connect(int slot, Token token) => _submissions.Add(() =>
    {
        _network.Note(TraceKind.SubmitConnect, slot, _addresses[slot].Port);
        Operation operation = new(token, slot);
        Begin(operation);
        bool isFaulty = _network.Random.Chance(_network.Faults.ConnectFaultPermille);
        int fault = isFaulty ? _network.Random.Between(0, 3) : -1;
        if (fault == 0)
        {
            // No socket: one completion for all three that were linked, and the slot stays empty.
            long lane = 0;
            Complete(operation, ref lane, -Errno.Nfile);
            return;
        }

        Require(_sockets[slot] is null, slot, "a socket is made where there is one");
        SimulatedSocket socket = new(null);
        _sockets[slot] = socket;
        long latency = _network.Faults.Latency(_network.Random) + _network.Faults.Latency(_network.Random);
        // Never answered: the worker's own timer must end it.
        if (fault == 1) return;
        if (fault == 2) latency += _network.Random.Between(1_000, 4_000_000);
        SimulatedUpstream? upstream = fault == 3 ? null : _network.UpstreamAt(_addresses[slot]);
        if (upstream is { IsSilent: true }) return;
        _network.After(latency, () => Establish(socket, operation, upstream));
    });

    public void ShutdownSend(int slot, Token token) => _submissions.Add(() =>
    {
        _network.Note(TraceKind.SubmitShutdown, slot, 0);
        TcpConnection? tcp = _sockets[slot]?.Tcp;
        tcp?.RouterEnd();
        PostFree(token, tcp is null || tcp.IsRouterDead ? -107 : 0);
    });

    /// <summary>Takes note of it: nobody vanishes without a word here.</summary>
    public void WatchPeer(int slot) => _submissions.Add(() =>
    {
        if (_sockets[slot]?.Tcp is { } tcp) tcp.IsPeerWatched = true;
    });

    public void Cancel(Token target, Token token) => _submissions.Add(() =>
    {
        _network.Note(TraceKind.SubmitCancel, target.Slot, (long)target.Kind);
        if (!_inFlight.TryGetValue(target.Value, out Operation? operation))
        {
            PostFree(token, -NotFound);
            return;
        }

        bool isBusy = _network.Random.Chance(_network.Faults.CancelBusyPermille);
        if (!isBusy)
        {
            CancelNow(operation);
            return;
        }

        PostFree(token, -Errno.Already);
        _network.After(_network.Random.Between(1, 500), () => CancelNow(operation));
    });

    public void Close(int slot, Token token) => _submissions.Add(() =>
    {
        _network.Note(TraceKind.SubmitClose, slot, 0);
        SimulatedSocket? socket = _sockets[slot];
        if (socket is null)
        {
            PostFree(token, -Errno.Badf);
            return;
        }

        foreach (Operation operation in _inFlight.Values)
            Require(operation.Slot != slot, slot, $"closed while a {operation.Token.Kind} is in flight");
        _sockets[slot] = null;
        if (socket.Tcp is null) return;
        socket.Tcp.RouterPoke = static () => { };
        socket.Tcp.RouterClose();
    });

    private void TakeClients(int descriptor)
    {
        SimulatedListener listener = _network.Listener(descriptor);
        Queue<Operation> accepts = _accepts[descriptor];
        while (listener.Backlog.Count > 0 && accepts.TryDequeue(out Operation? operation))
        {
            long lane = 0;
            if (!_inFlight.ContainsKey(operation.Token.Value)) continue;
            if (_network.Random.Chance(_network.Faults.AcceptErrorPermille))
            {
                Complete(operation, ref lane, -_network.Faults.AcceptErrno);
                continue;
            }

            PendingClient client = listener.Backlog.Dequeue();
            Require(_sockets[operation.Slot] is null, operation.Slot,
                "a connection is accepted where there is one");
            _addresses[operation.Slot] = client.Address;
            Attach(new SimulatedSocket(client.Tcp), operation.Slot);
            Complete(operation, ref lane, 0);
        }
    }

    private void Establish(SimulatedSocket socket, Operation operation, SimulatedUpstream? upstream)
    {
        if (!_inFlight.ContainsKey(operation.Token.Value)) return;
        if (upstream is null || upstream.ConnectErrno != 0)
        {
            Complete(operation, ref socket.SendLane, -(upstream?.ConnectErrno ?? Errno.Connrefused));
            return;
        }

        socket.Tcp = _network.Open();
        Attach(socket, operation.Slot);
        upstream.Accept(socket.Tcp);
        Complete(operation, ref socket.SendLane, 0);
    }

    private void Attach(SimulatedSocket socket, int slot)
    {
        _sockets[slot] = socket;
        socket.Tcp!.RouterPoke = () =>
        {
            ProgressReceive(socket);
            ProgressSend(socket);
            ProgressWatch(socket);
        };
    }

    private void CancelNow(Operation operation)
    {
        if (!_inFlight.ContainsKey(operation.Token.Value)) return;
        SimulatedSocket? socket = _sockets[operation.Slot];
        long free = 0;
        switch (operation.Token.Kind)
        {
            case TokenKind.Receive:
                socket!.Receive = null;
                Complete(operation, ref socket.ReceiveLane, -Errno.Canceled);
                break;
            case TokenKind.Watch:
                socket!.Watch = null;
                Complete(operation, ref free, -Errno.Canceled);
                break;
            case TokenKind.Send:
                socket!.Send = null;
                int result = operation.Sent > 0 ? operation.Sent : -Errno.Canceled;
                Complete(operation, ref socket.SendLane, result);
                break;
            default:
                Complete(operation, ref free, -Errno.Canceled);
                break;
        }
    }

    private void Require(bool holds, int slot, string what)
    {
        if (!holds) _network.Violate($"slot {slot}: {what}");
    }
}
