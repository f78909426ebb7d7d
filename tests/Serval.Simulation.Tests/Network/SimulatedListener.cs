using Serval.DataPlane.Swapping;

namespace Serval.Simulation.Tests.Network;

/// <summary>
/// A listening socket: connections that wait for an accept. The descriptor is a real one, to be closed.
/// </summary>
internal sealed class SimulatedListener(int descriptor, int port)
{
    private IAdopter? _worker;
    private int _socket;
    private int _timesClosed;

    public int Descriptor => descriptor;

    public int Port => port;

    public bool IsClosed { get; private set; }

    /// <summary>Whether the worker that it was handed to has closed its descriptor.</summary>
    public bool IsLeft => _worker is not null && _worker.TimesClosed(_socket) > _timesClosed;

    public Queue<PendingClient> Backlog { get; } = new();

    public Action Poke { get; set; } = static () => { };

    /// <summary>A worker is told of it, by an id that is free at that worker.</summary>
    public void Hand(IAdopter worker, int socket)
    {
        _worker = worker;
        _socket = socket;
        _timesClosed = worker.TimesClosed(socket);
    }

    /// <summary>Whoever was not accepted is reset.</summary>
    public void Close()
    {
        IsClosed = true;
        while (Backlog.TryDequeue(out PendingClient? client)) client.Refuse();
    }
}
