using System.Diagnostics;

namespace Serval.DataPlane.Workers;

/// <summary>The machine's clocks.</summary>
internal sealed class SystemClock : IClock
{
    private static readonly double MicrosecondsPerTick = 1_000_000.0 / Stopwatch.Frequency;

    public long Microseconds => (long)(Stopwatch.GetTimestamp() * MicrosecondsPerTick);

    public long UnixMs => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
