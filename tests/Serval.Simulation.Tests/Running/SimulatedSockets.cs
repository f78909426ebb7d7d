using System.Net;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Rings;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Running;

/// <summary>
/// Listening sockets of a simulated network. Workers stop and close a listening descriptor by system calls:
/// each is a real one, on another port.
/// </summary>
internal sealed class SimulatedSockets(SimulatedNetwork network) : ISocketOpener, IDisposable
{
    private readonly List<SimulatedListener> _listeners = [];

    /// <summary>A stranger may listen there, for as long as nobody asks again.</summary>
    public int Probe(IPEndPoint endpoint) =>
        network.Faults.TakenPortPermille > 0 && network.Random.Chance(network.Faults.TakenPortPermille)
            ? -Errno.Addrinuse : 0;

    public int Open(IPEndPoint endpoint)
    {
        int descriptor = Listening.Open(new IPEndPoint(IPAddress.Loopback, 0));
        SimulatedListener listener = new(descriptor, endpoint.Port);
        _listeners.Add(listener);
        network.AddListener(listener);
        return descriptor;
    }

    public void Close(int descriptor)
    {
        Listening.Close(descriptor);
        network.Listener(descriptor).Close();
    }

    /// <summary>Takes note of the sockets that workers have closed.</summary>
    public void Sweep()
    {
        foreach (SimulatedListener listener in _listeners)
        {
            if (!listener.IsLeft) continue;
            network.Note(TraceKind.SocketRemoved, listener.Port, 0);
            listener.Close();
        }

        _listeners.RemoveAll(static listener => listener.IsClosed);
    }

    public void Dispose()
    {
        foreach (SimulatedListener listener in _listeners)
        {
            if (!listener.IsClosed && !listener.IsLeft) Listening.Close(listener.Descriptor);
        }
    }
}
