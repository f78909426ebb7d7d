using Serval.DataPlane.Rings;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Actors;

/// <summary>An endpoint: what becomes of a connection to it.</summary>
/// <param name="network">Where it is.</param>
/// <param name="number">Its number, for the trace.</param>
/// <param name="address">Where it listens.</param>
/// <param name="accept">Takes a connection.</param>
internal sealed class SimulatedUpstream(
    SimulatedNetwork network, int number, SocketAddress address, Action<TcpConnection> accept)
{
    public SocketAddress Address => address;

    public int Number => number;

    /// <summary>What connecting fails with; 0 connects.</summary>
    public int ConnectErrno { get; set; }

    /// <summary>True while nothing answers, not even with a refusal.</summary>
    public bool IsSilent { get; set; }

    public void Accept(TcpConnection tcp)
    {
        network.Note(TraceKind.UpstreamAccepts, number, tcp.Number);
        accept(tcp);
    }
}
