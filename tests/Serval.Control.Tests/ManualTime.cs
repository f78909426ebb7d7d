namespace Serval.Control.Tests;

/// <summary>A clock that goes only when it is told to.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(int milliseconds) => _now += TimeSpan.FromMilliseconds(milliseconds);
}
