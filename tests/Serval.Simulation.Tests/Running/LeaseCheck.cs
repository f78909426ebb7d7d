using Serval.DataPlane.Balancing;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Running;

/// <summary>At the end everything that was leased has come back.</summary>
internal static class LeaseCheck
{
    private const int Endpoints = 8;

    public static void Check(SimulatedNetwork network, SimulatedWorker simulated)
    {
        (SimulatedKernel kernel, WorkerPeek peek) = (simulated.Kernel, simulated.Peek);
        Worker<SimulatedRing> worker = simulated.Worker;
        BufferPool buffers = kernel.Buffers;
        Zero(network, "exchanges", peek.Exchanges);
        Zero(network, "connection slots", peek.Connections);
        Zero(network, "pins", peek.Pins);
        Zero(network, "segments", simulated.Segments - peek.SegmentsAvailable);
        Zero(network, "buffers", buffers.Count - buffers.Available - kernel.Provided);
        Zero(network, "small buffers", buffers.SmallCount - buffers.SmallAvailable);
        Zero(network, "TLS sessions", peek.Transports.Sessions.Count);
        Zero(network, "TLS handshakes in progress", peek.Transports.Sessions.InProgress);
        Zero(network, "operations in flight", kernel.InFlight);
        Zero(network, "open sockets", kernel.OpenSockets);
        Zero(network, "exchanges in the gauge", worker.Counters.ExchangesActive);
        Zero(network, "connections in the gauge", worker.Counters.DownstreamOpen);
        for (int slot = 0; slot < Endpoints; slot++)
        {
            EndpointState endpoint = peek.Endpoint(slot);
            Zero(network, "exchanges at an endpoint", endpoint.InFlight);
            Zero(network, "connections to an endpoint", endpoint.Connections);
            Zero(network, "idle connections to an endpoint", endpoint.IdleCount);
        }
    }

    private static void Zero(SimulatedNetwork network, string what, long count)
    {
        if (count != 0) network.Violate($"{what} left over: {count}");
    }
}
