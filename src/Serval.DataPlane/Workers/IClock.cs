namespace Serval.DataPlane.Workers;

/// <summary>Time as a worker reads it, once per turn. The other implementation is the simulator's.</summary>
internal interface IClock
{
    /// <summary>Monotonic microseconds.</summary>
    long Microseconds { get; }

    /// <summary>Unix seconds, for the Date header.</summary>
    long UnixSeconds { get; }
}
