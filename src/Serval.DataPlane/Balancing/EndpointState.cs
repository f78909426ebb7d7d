namespace Serval.DataPlane.Balancing;

/// <summary>
/// What one worker knows of one endpoint. Owner: one worker. Thread: the worker's;
/// <see cref="Connections"/> is read by the publisher too.
/// </summary>
internal struct EndpointState
{
    /// <summary>Exchanges in progress, the measure of the power of two choices.</summary>
    public int InFlight;

    /// <summary>Connections of any state.</summary>
    public int Connections;

    /// <summary>Idle ones: the most recently used (-1 for none), and how many.</summary>
    public int IdleHead;
    public int IdleCount;

    /// <summary>False until <see cref="IdleHead"/> is set for the first time: slabs begin zeroed.</summary>
    public bool IsUsed;
}
