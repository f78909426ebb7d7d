namespace Serval.DataPlane.Rings;

/// <summary>Writes IPv6 addresses in their canonical text form (RFC 5952) without allocating.</summary>
internal static class Ipv6Text
{
    /// <summary>Writes 16 bytes in network order as text; returns the length, at most 39.</summary>
    public static int Format(ReadOnlySpan<byte> address, Span<byte> destination)
    {
        (int runStart, int runLength) = LongestZeroRun(address);
        int position = 0;
        for (int group = 0; group < 8; group++)
        {
            if (group == runStart)
            {
                destination[position++] = (byte)':';
                if (group == 0) destination[position++] = (byte)':';
                group += runLength - 1;
                continue;
            }

            int value = (address[group * 2] << 8) | address[(group * 2) + 1];
            System.Buffers.Text.Utf8Formatter.TryFormat(
                value, destination[position..], out int digits, new System.Buffers.StandardFormat('x'));
            position += digits;
            if (group < 7) destination[position++] = (byte)':';
        }

        return position;
    }

    // RFC 5952 §4.2.2 and §4.2.3: only runs of two or more groups, the first of the longest.
    private static (int Start, int Length) LongestZeroRun(ReadOnlySpan<byte> address)
    {
        int bestStart = -1, bestLength = 1, start = -1;
        for (int group = 0; group < 8; group++)
        {
            bool isZero = address[group * 2] == 0 && address[(group * 2) + 1] == 0;
            if (!isZero)
            {
                start = -1;
                continue;
            }

            if (start < 0) start = group;
            if (group - start + 1 > bestLength) (bestStart, bestLength) = (start, group - start + 1);
        }

        return (bestStart, bestLength);
    }
}
