namespace Serval.Simulation.Tests.Network;

/// <summary>
/// A listening socket: connections that wait for an accept. The descriptor is a real one, to be closed.
/// </summary>
internal sealed class SimulatedListener(int id, int descriptor, int port)
{
    public int Id => id;

    public int Descriptor => descriptor;

    public int Port => port;

    public bool IsClosed { get; private set; }

    public Queue<PendingClient> Backlog { get; } = new();

    public Action Poke { get; set; } = static () => { };

    /// <summary>Whoever was not accepted is reset.</summary>
    public void Close()
    {
        IsClosed = true;
        while (Backlog.TryDequeue(out PendingClient? client)) client.Refuse();
    }
}
