namespace Serval.DataPlane.Workers;

/// <summary>Time as a worker reads it, once per turn. The other implementation is the simulator's.</summary>
internal interface IClock
{
    /// <summary>Monotonic microseconds.</summary>
    long Microseconds { get; }

    /// <summary>Unix milliseconds, for the Date header and the access log.</summary>
    long UnixMs { get; }
}
