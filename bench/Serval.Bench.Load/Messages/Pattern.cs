namespace Serval.Bench.Load.Messages;

/// <summary>
/// What bodies consist of: bytes whose period is a prime, so that a piece lost, doubled or displaced shows,
/// and short, so that checking stays in the processor's cache.
/// </summary>
internal static class Pattern
{
    private const int Period = 4099;

    private static readonly byte[] Bytes = Build();

    public static void Fill(Span<byte> target, long offset)
    {
        while (!target.IsEmpty)
        {
            int count = Math.Min(target.Length, Period);
            Bytes.AsSpan((int)(offset % Period), count).CopyTo(target);
            target = target[count..];
            offset += count;
        }
    }

    /// <summary>Whether <paramref name="bytes"/> are those of a body at <paramref name="offset"/>.</summary>
    public static bool Holds(ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, Period);
            if (!bytes[..count].SequenceEqual(Bytes.AsSpan((int)(offset % Period), count)))
            {
                return false;
            }

            bytes = bytes[count..];
            offset += count;
        }

        return true;
    }

    private static byte[] Build()
    {
        byte[] bytes = new byte[2 * Period];
        uint state = 1;
        for (int i = 0; i < Period; i++)
        {
            state = (state * 1664525) + 1013904223;
            bytes[i] = bytes[i + Period] = (byte)(state >> 24);
        }

        return bytes;
    }
}
