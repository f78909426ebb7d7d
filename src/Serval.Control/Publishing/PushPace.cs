namespace Serval.Control.Publishing;

/// <summary>
/// When to push: a single change at once, a burst in a few pushes. While more than one change gathers
/// between two pushes, the time that they are collected doubles with every push. Changes that come one by
/// one, however steadily, are not a burst: each is pushed at once. Pure: the time is passed in. Owner: one
/// loop.
/// </summary>
internal sealed class PushPace
{
    private long? _pushedAtMs;
    private int _collectMs = PublishingLimits.CollectMs;

    /// <summary>How long to collect before the push of a change that arrived now.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    public int WaitMs(long nowMs)
    {
        if (_pushedAtMs is not { } last || nowMs - last >= PublishingLimits.QuietMs + _collectMs)
            return 0;
        return (int)Math.Max(0, last + _collectMs - nowMs);
    }

    /// <summary>Notes a push.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="changes">How many objects had changed.</param>
    public void Pushed(long nowMs, int changes)
    {
        bool isBurst = changes > 1
            && _pushedAtMs is { } last && nowMs - last < PublishingLimits.QuietMs + _collectMs;
        _collectMs = isBurst
            ? Math.Min(_collectMs * 2, PublishingLimits.CollectMaxMs)
            : PublishingLimits.CollectMs;
        _pushedAtMs = nowMs;
    }
}
