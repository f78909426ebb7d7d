using System.Numerics;

namespace Serval.Bench.Load.Driving;

/// <summary>
/// Counts of latencies by log-linear buckets: 128 to each power of two, so a percentile is right within 0.8
/// %.
/// </summary>
/// <remarks>
/// Values above about 18 minutes are counted in the last bucket. Recording allocates nothing.
/// </remarks>
internal sealed class Histogram
{
    private const int SubBits = 7;
    private const int SubCount = 1 << SubBits;
    private const int MagnitudeMax = 40;
    private const long ValueMax = (1L << MagnitudeMax) - 1;

    private readonly long[] _counts = new long[(MagnitudeMax - SubBits + 1) * SubCount];

    public long Count { get; private set; }

    public long Max { get; private set; }

    public void Record(long value)
    {
        value = Math.Clamp(value, 0, ValueMax);
        _counts[IndexOf(value)]++;
        Count++;
        Max = Math.Max(Max, value);
    }

    /// <summary>
    /// The largest value of the bucket that holds the percentile; 0 when nothing was recorded.
    /// </summary>
    public long Percentile(double percent)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(percent / 100 * Count));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Math.Min(UpperEdge(i), Max);
            }
        }

        return 0;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Max = 0;
    }

    internal static int IndexOf(long value)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)value) - SubBits);
        return (shift * SubCount) + (int)(value >> shift);
    }

    internal static long UpperEdge(int index)
    {
        int shift = Math.Max(0, (index / SubCount) - 1);
        long top = index - (shift * SubCount);
        return ((top + 1) << shift) - 1;
    }
}
