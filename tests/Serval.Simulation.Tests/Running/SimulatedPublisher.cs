using System.Net;
using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Running;

/// <summary>
/// Publishes snapshots to the one worker of a run, in the order in which the real publisher does.
/// </summary>
internal sealed class SimulatedPublisher(
    SimulatedNetwork network, SimulatedKernel kernel, Worker<SimulatedRing> worker, LiveConfiguration live)
    : IDisposable
{
    private readonly SnapshotTies _ties = new();
    private readonly SocketSet _sockets = new();
    private readonly List<PublishedSnapshot> _unfreed = [];
    private readonly Dictionary<int, SimulatedListener> _listeners = [];

    public int Unfreed => _unfreed.Count;

    /// <summary>Makes a snapshot current, with a socket for each of its ports.</summary>
    public void Publish(Snapshot snapshot)
    {
        network.Note(TraceKind.Publish, _unfreed.Count, snapshot.EndpointSets[0].Endpoints.Length);
        CompiledSnapshot tables = CompiledSnapshot.Compile(snapshot);
        Dictionary<SocketKey, Listener> wanted = SocketSet.Wanted(snapshot);
        List<(int Id, SimulatedListener Listener)> added = [];
        foreach (SocketKey key in wanted.Keys)
        {
            if (!_sockets.Ids.ContainsKey(key)) added.Add(Open(key));
        }

        EndpointRegistry endpoints = _ties.Endpoints;
        endpoints.Reclaim((slot, since) =>
            worker.AdoptedDirectory < since || worker.EndpointConnections(slot) > 0);
        live.Directory = endpoints.Update(snapshot);
        PublishedSnapshot published = _ties.Tie(snapshot, tables, _sockets.Ids);
        _unfreed.Add(published);
        live.Snapshot = published;
        foreach ((int id, SimulatedListener listener) in added)
        {
            Send(new WorkerMessage(WorkerMessageKind.AddSocket, id, listener.Descriptor, listener.Port));
            _sockets.MarkAdded(id);
            network.Note(TraceKind.SocketAdded, id, listener.Port);
        }

        CloseUnwanted(wanted);
        kernel.Wake();
    }

    public void Drain()
    {
        network.Note(TraceKind.Drain, 0, 0);
        Send(new WorkerMessage(WorkerMessageKind.Drain));
    }

    /// <summary>Cuts off what is left.</summary>
    public void Stop()
    {
        network.Note(TraceKind.Drain, 1, 0);
        Send(new WorkerMessage(WorkerMessageKind.Stop));
    }

    /// <summary>After each turn: sockets that the worker has closed, snapshots that it has let go.</summary>
    public void Sweep()
    {
        foreach ((int id, SimulatedListener listener) in _listeners)
        {
            if (listener.IsClosed || !_sockets.IsClosed(id, worker.TimesClosed)) continue;
            network.Note(TraceKind.SocketRemoved, id, listener.Port);
            listener.Close();
        }

        for (int i = _unfreed.Count - 1; i >= 0; i--)
        {
            if (!worker.Pins.MayFree(_unfreed[i].Sequence)) continue;
            _unfreed[i].Tables.Dispose();
            _unfreed.RemoveAt(i);
        }
    }

    public void Dispose()
    {
        foreach (PublishedSnapshot snapshot in _unfreed) snapshot.Tables.Dispose();
        foreach (SimulatedListener listener in _listeners.Values)
        {
            if (!listener.IsClosed) Listening.Close(listener.Descriptor);
        }
    }

    private (int Id, SimulatedListener Listener) Open(SocketKey key)
    {
        int id = _sockets.Reserve(key, worker.TimesClosed);
        // Workers stop and close a listening descriptor by system calls: it is a real one, on another port.
        SimulatedListener listener = new(
            id, Listening.Open(new IPEndPoint(IPAddress.Loopback, 0)), key.Port);
        _listeners[id] = listener;
        network.AddListener(listener);
        return (id, listener);
    }

    private void CloseUnwanted(Dictionary<SocketKey, Listener> wanted)
    {
        foreach ((SocketKey key, int id) in _sockets.Ids.ToArray())
        {
            if (wanted.ContainsKey(key)) continue;
            Send(new WorkerMessage(WorkerMessageKind.RemoveSocket, id));
            _sockets.Remove(key);
        }
    }

    private void Send(WorkerMessage message)
    {
        bool isSent = worker.Mailbox.TrySend(message);
        if (!isSent) network.Violate("a mailbox is full");
        kernel.Wake();
    }
}
