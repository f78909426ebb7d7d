namespace Serval.DataPlane.Workers;

/// <summary>Whose deadline a timer is.</summary>
internal enum TimerOwner
{
    /// <summary>A transport's: its head, its idle time, its connect, its linger, its pause.</summary>
    Transport,

    /// <summary>An exchange's: its own time, and its downstream leg's.</summary>
    Exchange,

    /// <summary>An attempt's: its time, and its upstream leg's.</summary>
    Attempt,

    /// <summary>The acceptor's: until it accepts again after an error of the machine's.</summary>
    Accepts,

    /// <summary>The worker's memory: when it is looked at again while it is short.</summary>
    Memory,
}
