using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Balancing;

/// <summary>What one worker has to say of an endpoint.</summary>
internal struct EndpointEvent
{
    public SocketAddress Address;

    public EndpointEventKind Kind;

    /// <summary>The error of the last failure; 0 when it closed without a response.</summary>
    public int Errno;

    /// <summary>How long it is out, milliseconds.</summary>
    public int DurationMs;
}
