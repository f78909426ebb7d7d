namespace Serval.Kubernetes.Tests.Harness;

/// <summary>
/// A clock whose short pauses pass fifty times as fast, so that tests of what follows a pause need not sit
/// through it; longer limits, which only matter when something hangs, are kept.
/// </summary>
internal sealed class HurriedTime : TimeProvider
{
    private const int Times = 50;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime > TimeSpan.Zero && dueTime < Limit ? dueTime / Times
            : dueTime, period);
}
