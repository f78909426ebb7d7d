namespace Serval.VppBridge.Transports;

/// <summary>Counts durations in buckets. Thread: any; a reader may see an observation in the buckets before
/// it sees it in the sum.</summary>
internal sealed class Histogram
{
    /// <summary>Inclusive upper bounds in seconds. A command has <see cref="Limits.CallTimeout"/>; a change
    /// of many commands takes longer.</summary>
    public static readonly double[] BoundsSeconds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly long[] _counts = new long[BoundsSeconds.Length + 1];
    private long _ticks;

    public double SumSeconds => TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

    public void Observe(TimeSpan taken)
    {
        int bucket = 0;
        while (bucket < BoundsSeconds.Length && taken.TotalSeconds > BoundsSeconds[bucket])
            bucket++;
        Interlocked.Increment(ref _counts[bucket]);
        Interlocked.Add(ref _ticks, taken.Ticks);
    }

    /// <summary>Per bucket, not cumulative; the last one is above all bounds.</summary>
    public long[] ReadCounts() => [.. Enumerable.Range(0, _counts.Length)
        .Select(i => Interlocked.Read(ref _counts[i]))];
}
