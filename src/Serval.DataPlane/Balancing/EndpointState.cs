namespace Serval.DataPlane.Balancing;

/// <summary>
/// What one worker knows of one endpoint, whichever clusters have it. Owner: one worker. Thread: the
/// worker's; <see cref="Connections"/> is read by the publisher too.
/// </summary>
internal struct EndpointState
{
    /// <summary>
    /// Exchanges in progress, those that wait for a connection included: the measure of the power of two
    /// choices.
    /// </summary>
    public int InFlight;

    /// <summary>Connections of any state.</summary>
    public int Connections;

    /// <summary>Idle ones: the most recently used (-1 for none), and how many.</summary>
    public int IdleHead;
    public int IdleCount;

    /// <summary>False until <see cref="IdleHead"/> is set for the first time: slabs begin zeroed.</summary>
    public bool IsUsed;

    /// <summary>True while no cluster has it: what it still holds ends, nothing of it is kept.</summary>
    public bool IsRetired;

    /// <summary>Whether it takes exchanges.</summary>
    public EndpointHealth Health;

    /// <summary>Failures since the last response, and ejections in a row.</summary>
    public int Failures;
    public int Ejections;

    /// <summary>Ejections ever: a connection that is older than the last one proves nothing.</summary>
    public int Epoch;

    /// <summary>SSL_SESSION that the next connection tries to resume; 0 for none.</summary>
    public nint Resumable;

    /// <summary>When the ejection ends, or ended; turn clock, milliseconds.</summary>
    public long EjectedUntilMs;
}
