namespace Serval.DataPlane.Accounting;

/// <summary>Upper bounds of the latency histogram, chosen for a proxy: 50 µs to 60 s.</summary>
internal static class LatencyBuckets
{
    private static readonly long[] BoundsMicroseconds =
    [
        50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
        2_500_000, 5_000_000, 10_000_000, 30_000_000, 60_000_000,
    ];

    /// <summary>Buckets, the unbounded last one included.</summary>
    public static int Count => BoundsMicroseconds.Length + 1;

    /// <summary>The bounds in microseconds, ascending.</summary>
    public static ReadOnlySpan<long> Bounds => BoundsMicroseconds;

    /// <summary>The bounds in seconds, ascending.</summary>
    public static double[] Seconds { get; } = Array.ConvertAll(BoundsMicroseconds, static us => us / 1e6);

    /// <summary>Index of the bucket that a latency falls into.</summary>
    public static int IndexOf(long microseconds)
    {
        int index = 0;
        while (index < BoundsMicroseconds.Length && microseconds > BoundsMicroseconds[index]) index++;
        return index;
    }
}
