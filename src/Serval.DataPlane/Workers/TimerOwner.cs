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
}
