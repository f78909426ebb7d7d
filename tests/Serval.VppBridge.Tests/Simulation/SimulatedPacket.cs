using System.Net;

namespace Serval.VppBridge.Tests.Simulation;

/// <summary>What ACLs look at in a packet.</summary>
internal sealed record SimulatedPacket(
    IPAddress Source, IPAddress Destination, byte Protocol, ushort SourcePort, ushort DestinationPort)
{
    public static SimulatedPacket Of(
        string source, string destination, byte protocol, ushort from, ushort to) =>
        new(IPAddress.Parse(source), IPAddress.Parse(destination), protocol, from, to);

    public SimulatedPacket Reversed() => new(Destination, Source, Protocol, DestinationPort, SourcePort);
}
