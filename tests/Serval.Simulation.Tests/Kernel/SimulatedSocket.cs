using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Kernel;

/// <summary>What stands behind a direct descriptor.</summary>
internal sealed class SimulatedSocket(TcpConnection? tcp)
{
    private long _receiveLane;
    private long _sendLane;

    /// <summary>The connection; null until it is established.</summary>
    public TcpConnection? Tcp { get; set; } = tcp;

    public Operation? Receive { get; set; }

    public Operation? Send { get; set; }

    public Operation? Watch { get; set; }

    /// <summary>Completions of one kind keep their order on a socket: time of the last one.</summary>
    public ref long ReceiveLane => ref _receiveLane;

    public ref long SendLane => ref _sendLane;
}
