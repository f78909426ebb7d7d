using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Running;

/// <summary>
/// The production publisher before simulated workers. It never waits for them: whoever runs their turns is
/// the caller. So a snapshot is live some turns later, as with workers that are slow.
/// </summary>
internal sealed class SimulatedPublisher : IDisposable
{
    private readonly SimulatedNetwork _network;
    private readonly SimulatedWorker[] _workers;
    private readonly SimulatedSockets _sockets;
    private readonly Publisher _publisher;

    public SimulatedPublisher(SimulatedNetwork network, SimulatedWorker[] workers, LiveConfiguration live)
    {
        _network = network;
        _workers = workers;
        _sockets = new SimulatedSockets(network);
        _publisher = new Publisher(workers, live, new Timeouts(), Certificates, TimeSpan.Zero, _sockets);
    }

    /// <summary>Key pairs of listeners and clusters.</summary>
    public CertificateStore Certificates { get; } = new();

    /// <summary>Snapshots that are not freed yet.</summary>
    public int Unfreed => _publisher.Tables.Count;

    /// <summary>The version that every worker has adopted; null before the first.</summary>
    public string? LiveVersion => _publisher.Live?.Version;

    /// <summary>Makes a snapshot current, with a socket of each worker for each of its ports.</summary>
    public void Publish(Snapshot snapshot)
    {
        _network.Note(TraceKind.Publish, Unfreed, snapshot.EndpointSets[0].Endpoints.Length);
        foreach (Finding finding in _publisher.Apply(snapshot).Findings)
        {
            bool mayBe = finding.Reason is "NotAdopted" or "AddressNotUsable"
                || finding.Severity != Severity.Error;
            if (!mayBe) _network.Violate("a snapshot is refused: " + finding);
        }
    }

    /// <summary>Tries again for sockets that could not be opened.</summary>
    public void RetrySockets() => _publisher.RetrySockets();

    public void Drain()
    {
        _network.Note(TraceKind.Drain, 0, 0);
        Send(WorkerMessageKind.Drain);
    }

    /// <summary>Cuts off what is left.</summary>
    public void Stop()
    {
        _network.Note(TraceKind.Drain, 1, 0);
        Send(WorkerMessageKind.Stop);
    }

    /// <summary>After each turn: sockets that workers have closed, snapshots that they have let go.</summary>
    public void Sweep()
    {
        _sockets.Sweep();
        _publisher.Sweep();
    }

    public void Dispose()
    {
        _publisher.Dispose();
        Certificates.Dispose();
        _sockets.Dispose();
    }

    private void Send(WorkerMessageKind kind)
    {
        foreach (SimulatedWorker worker in _workers) worker.Send(new WorkerMessage(kind));
    }
}
