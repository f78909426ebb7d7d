namespace Serval.Bench.Load.Driving;

/// <summary>Where a run is. Only the window is measured; faults count in all of them.</summary>
internal enum Phase
{
    Ramp,
    WarmUp,
    Window,
    Drain,
}
