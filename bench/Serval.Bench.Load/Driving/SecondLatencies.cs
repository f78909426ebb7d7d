namespace Serval.Bench.Load.Driving;

/// <summary>
/// The latencies of each whole second of a window. A pause of the machine spoils the p99 of a whole window,
/// but only one second's.
/// </summary>
/// <remarks>What is left of a window after its last whole second is not counted.</remarks>
internal sealed class SecondLatencies
{
    private const long SecondNs = 1_000_000_000;
    private const int SecondsMin = 3;
    private readonly Histogram[] _seconds;

    /// <param name="seconds">Of the window.</param>
    public SecondLatencies(double seconds) =>
        _seconds = [.. Enumerable.Range(0, (int)seconds).Select(_ => new Histogram())];

    /// <summary>Counts a request that was meant to start so long after the window did.</summary>
    public void Record(long sinceStartNs, long latencyNs)
    {
        long second = sinceStartNs / SecondNs;
        if (second >= 0 && second < _seconds.Length)
        {
            _seconds[second].Record(latencyNs);
        }
    }

    /// <summary>
    /// The p99 of the median second, of an even number the slower one, in microseconds. A second without an
    /// answer counts as the slowest. Null of fewer than three seconds, which have no median worth the name.
    /// </summary>
    public double? MedianP99Us() => _seconds.Length < SecondsMin ? null : _seconds
        .Select(second => second.Count == 0 ? double.PositiveInfinity : second.Percentile(99) / 1e3)
        .Order().ElementAt(_seconds.Length / 2);
}
