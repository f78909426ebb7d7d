using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Serval.Testing;

/// <summary>A clock that goes only when it is told to, and says what is waited for on it.</summary>
internal sealed class ManualTime() : FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>How long each timer was made to wait, in the order in which they were made.</summary>
    public ChannelReader<TimeSpan> Waits => _waits.Reader;

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(dueTime);
        return timer;
    }

    public void Advance(int milliseconds) => Advance(TimeSpan.FromMilliseconds(milliseconds));
}
