using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Running;

/// <summary>A production worker on a simulated kernel of its own; whoever owns it runs its turns.</summary>
internal sealed class SimulatedWorker : IAdopter, IDisposable
{
    private readonly SimulatedNetwork _network;

    /// <param name="network">What it is connected to; its faults bound the worker's memory.</param>
    /// <param name="live">What is published to it.</param>
    /// <param name="options">Log and bounds are filled in.</param>
    /// <param name="planter">Makes mistakes on purpose.</param>
    public SimulatedWorker(
        SimulatedNetwork network, LiveConfiguration live, WorkerOptions options, Planter planter)
    {
        _network = network;
        FaultProfile faults = network.Faults;
        BufferPool buffers = new(faults.Buffers, faults.SmallBuffers);
        Kernel = new SimulatedKernel(network, buffers, faults.ConnectionSlots, planter);
        network.Join(Kernel);
        Worker = new Worker<SimulatedRing>(
            options with
            {
                Buffers = faults.Buffers,
                SmallBuffers = faults.SmallBuffers,
                AccessLog = Log,
            },
            new SimulatedRing(Kernel), buffers, live, network);
        Peek = new WorkerPeek(Worker);
        Segments = Peek.SegmentsAvailable;
    }

    public Worker<SimulatedRing> Worker { get; }

    public SimulatedKernel Kernel { get; }

    public WorkerPeek Peek { get; }

    public AccessLogQueue Log { get; } = new(new AccessLogOptions("-"));

    /// <summary>Segments that it began with.</summary>
    public int Segments { get; }

    public bool IsEnded => Worker.IsEnded;

    public long AdoptedSnapshot => Worker.Pins.Adopted;

    public long AdoptedDirectory => Worker.AdoptedDirectory;

    public bool MayFree(long sequence) => Worker.Pins.MayFree(sequence);

    public int EndpointConnections(int endpoint) => Worker.EndpointConnections(endpoint);

    public int TimesClosed(int socket) => Worker.TimesClosed(socket);

    public void Send(WorkerMessage message)
    {
        if (message.Kind == WorkerMessageKind.AddSocket)
        {
            _network.Listener(message.Descriptor).Hand(this, message.Socket);
            _network.Note(TraceKind.SocketAdded, message.Socket, message.Port);
        }

        if (!Worker.Mailbox.TrySend(message)) _network.Violate("a mailbox is full");
        Wake();
    }

    public void Wake() => Kernel.Wake();

    /// <summary>
    /// One turn of each worker that has something to do. A single one waits in its turn; where there are
    /// several they wait together.
    /// </summary>
    public static void Turn(SimulatedNetwork network, SimulatedWorker[] workers)
    {
        if (network.IsShared) network.AwaitAny();
        foreach (SimulatedWorker worker in workers)
        {
            if (worker.IsEnded || (network.IsShared && !worker.Kernel.CanGoOn)) continue;
            worker.Worker.Turn();
            if (worker.IsEnded) network.Leave(worker.Kernel);
        }
    }

    /// <summary>Lets what is still under way come to its end, once the worker has.</summary>
    public void Settle()
    {
        const int rounds = 50;
        for (int i = 0; i < rounds; i++)
        {
            Kernel.SubmitAndWait(5_000_000);
            while (Kernel.TryReap(out _))
            {
                // Nobody is there to be told.
            }
        }
    }

    public void Dispose() => Worker.Dispose();
}
