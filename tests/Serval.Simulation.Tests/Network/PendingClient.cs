using Serval.DataPlane.Rings;

namespace Serval.Simulation.Tests.Network;

/// <summary>A connection that a listener's backlog holds.</summary>
/// <param name="Address">Where it comes from.</param>
/// <param name="Tcp">The connection.</param>
/// <param name="Refuse">Called when it will not be accepted.</param>
internal sealed record PendingClient(SocketAddress Address, TcpConnection Tcp, Action Refuse);
