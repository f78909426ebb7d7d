using Serval.DataPlane.Rings;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Kernel;

// Questions about a connection that move no byte.
internal sealed partial class SimulatedKernel
{
    public void Query(int slot, Token token, Func<TcpConnection, int> answer) => _submissions.Add(() =>
    {
        SimulatedSocket? socket = _sockets[slot];
        Operation operation = new(token, slot);
        if (socket?.Tcp is null)
        {
            _network.Violate($"slot {slot}: asked about without a connection");
            PostFree(token, -Errno.Badf);
            return;
        }

        long lane = 0;
        Begin(operation);
        Complete(operation, ref lane, answer(socket.Tcp));
    });

    public void Watch(int slot, Token token) => _submissions.Add(() =>
    {
        SimulatedSocket? socket = _sockets[slot];
        Operation operation = new(token, slot);
        if (socket?.Tcp is null)
        {
            _network.Violate($"slot {slot}: watched without a connection");
            PostFree(token, -Errno.Badf);
            return;
        }

        Require(socket.Watch is null, slot, "watched twice at a time");
        Begin(operation);
        socket.Watch = operation;
        ProgressWatch(socket);
    });

    private void ProgressWatch(SimulatedSocket socket)
    {
        if (socket.Watch is not { } operation) return;
        TcpConnection tcp = socket.Tcp!;
        bool isEnded = tcp.ToRouter.IsEndVisible;
        int events = tcp.IsRouterDead || (isEnded && tcp.ToPeer.IsEnded) ? RingFlags.PollGone
            : isEnded ? RingFlags.PollEnd : 0;
        if (events == 0) return;
        socket.Watch = null;
        long lane = 0;
        Complete(operation, ref lane, events);
    }
}
