using Serval.DataPlane.Rings;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Actors;

/// <summary>An endpoint: accepts connections and serves what the plans say.</summary>
internal sealed class SimulatedUpstream(SimulatedNetwork network, PlanBook plans, int number,
    SocketAddress address)
{
    public SocketAddress Address => address;

    public int Number => number;

    public void Accept(TcpConnection tcp)
    {
        network.Note(TraceKind.UpstreamAccepts, number, tcp.Number);
        _ = new UpstreamConnection(network, tcp, plans);
    }
}
