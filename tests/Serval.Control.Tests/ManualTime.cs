namespace Serval.Control.Tests;

/// <summary>A clock that goes only when it is told to.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public void Advance(int milliseconds) => _now += TimeSpan.FromMilliseconds(milliseconds);
}
