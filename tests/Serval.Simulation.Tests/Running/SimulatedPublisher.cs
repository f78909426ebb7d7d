using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.DataPlane;
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
    SimulatedNetwork network, SimulatedKernel kernel, Worker<SimulatedRing> worker, LiveConfiguration live,
    bool hasEdits)
    : IDisposable
{
    private readonly EndpointRegistry _endpoints = new();
    private readonly List<PublishedSnapshot> _unfreed = [];
    private readonly Dictionary<int, SimulatedListener> _sockets = [];
    private readonly int[] _timesAdded = new int[Limits.ListenSockets];
    private long _sequence;

    public int Unfreed => _unfreed.Count;

    public void Publish(int[] ports, string[] endpoints)
    {
        network.Note(TraceKind.Publish, _sequence + 1, endpoints.Length);
        Snapshot snapshot = SampleSnapshot.Of(_sequence + 1, ports, endpoints, hasEdits);
        CompiledSnapshot tables = CompiledSnapshot.Compile(snapshot);
        List<(int Id, SimulatedListener Listener)> added = [];
        foreach (int port in ports)
        {
            if (!IsOpen(port)) added.Add(Open(port));
        }

        _endpoints.Reclaim((slot, since) =>
            worker.AdoptedDirectory < since || worker.EndpointConnections(slot) > 0);
        live.Directory = _endpoints.Update(snapshot);
        PublishedSnapshot published = Tie(snapshot, tables, ports);
        _unfreed.Add(published);
        live.Snapshot = published;
        foreach ((int id, SimulatedListener listener) in added)
        {
            Send(new WorkerMessage(WorkerMessageKind.AddSocket, id, listener.Descriptor, listener.Port));
            _timesAdded[id]++;
            network.Note(TraceKind.SocketAdded, id, listener.Port);
        }

        CloseUnwanted(ports);
        kernel.Wake();
    }

    public void Drain()
    {
        network.Note(TraceKind.Drain, 0, 0);
        Send(new WorkerMessage(WorkerMessageKind.Drain));
    }

    /// <summary>After each turn: sockets that the worker has closed, snapshots that it has let go.</summary>
    public void Sweep()
    {
        foreach ((int id, SimulatedListener listener) in _sockets)
        {
            if (listener.IsClosed || worker.TimesClosed(id) < _timesAdded[id]) continue;
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
        foreach (SimulatedListener listener in _sockets.Values)
        {
            if (!listener.IsClosed) Listening.Close(listener.Descriptor);
        }
    }

    private bool IsOpen(int port)
    {
        foreach (SimulatedListener listener in _sockets.Values)
        {
            if (listener.Port == port && !listener.IsClosed) return true;
        }

        return false;
    }

    private (int Id, SimulatedListener Listener) Open(int port)
    {
        int id = 0;
        while (_sockets.TryGetValue(id, out SimulatedListener? used) && !used.IsClosed) id++;
        // Workers close a listening descriptor by a system call: any descriptor will do for that.
        SimulatedListener listener = new(id, Libc.EventFd(0, 0), port);
        _sockets[id] = listener;
        network.AddListener(listener);
        return (id, listener);
    }

    private PublishedSnapshot Tie(Snapshot snapshot, CompiledSnapshot tables, int[] ports)
    {
        int[] groups = new int[Limits.ListenSockets];
        Array.Fill(groups, -1);
        foreach ((int id, SimulatedListener listener) in _sockets)
        {
            if (!listener.IsClosed && Array.IndexOf(ports, listener.Port) >= 0)
                groups[id] = tables.FindGroup("", listener.Port);
        }

        return new PublishedSnapshot
        {
            Sequence = ++_sequence,
            Tables = tables,
            ClusterSlots = [_endpoints.ClusterSlot(snapshot.Clusters[0].Name)],
            ConnectTimeoutsMs = [snapshot.Clusters[0].ConnectTimeoutMs],
            RouteSeries = [0],
            ListenerSeries = new int[ports.Length],
            GroupOfSocket = groups,
        };
    }

    private void CloseUnwanted(int[] ports)
    {
        foreach ((int id, SimulatedListener listener) in _sockets)
        {
            if (!listener.IsClosed && Array.IndexOf(ports, listener.Port) < 0)
                Send(new WorkerMessage(WorkerMessageKind.RemoveSocket, id));
        }
    }

    private void Send(WorkerMessage message)
    {
        bool isSent = worker.Mailbox.TrySend(message);
        if (!isSent) network.Violate("a mailbox is full");
        kernel.Wake();
    }
}
