namespace Serval.DataPlane.Parsing;

/// <summary>
/// Which paths are taken. Routes match the bytes that are forwarded, so a path that a server behind may read
/// as a different one is refused, not rewritten: dot segments, encoded slashes, backslashes, encoded NUL.
/// </summary>
internal static class PathRules
{
    /// <summary>
    /// Checks the path at the start of <paramref name="target"/>, which consists of visible ASCII.
    /// <paramref name="length"/> is that of the path, up to a question mark or the end; of a path that is
    /// refused, up to what it is refused for.
    /// </summary>
    public static Rejection Check(ReadOnlySpan<byte> target, out int length)
    {
        length = 0;
        while (true)
        {
            int step = target[length..].IndexOfAnyExcept(Octets.PlainPath);
            if (step < 0)
            {
                length = target.Length;
                return Rejection.None;
            }

            length += step;
            if (target[length] == '?')
                return Rejection.None;
            Rejection rejection = CheckOctet(target, length);
            if (rejection != Rejection.None)
                return rejection;
            length++;
        }
    }

    private static Rejection CheckOctet(ReadOnlySpan<byte> target, int index)
    {
        switch (target[index])
        {
            case (byte)'#':
                return Rejection.TargetFragment;
            case (byte)'\\':
                return Rejection.PathBackslash;
            case (byte)'%':
                return CheckEncoded(target, index);
            default:
                return IsDotSegment(target, index) ? Rejection.PathDotSegment : Rejection.None;
        }
    }

    private static Rejection CheckEncoded(ReadOnlySpan<byte> target, int index)
    {
        return Decode(target, index) switch
        {
            < 0 => Rejection.PathEncoding,
            0 => Rejection.PathNul,
            '/' => Rejection.PathEncodedSlash,
            '\\' => Rejection.PathBackslash,
            '.' when IsDotSegment(target, index) => Rejection.PathDotSegment,
            _ => Rejection.None,
        };
    }

    // Parameters do not save a segment: servers that strip them see the dots alone ("/..;x/").
    private static bool IsDotSegment(ReadOnlySpan<byte> target, int index)
    {
        if (target[index - 1] != '/')
            return false;
        int dots = 0;
        while (index < target.Length && dots < 3)
        {
            if (target[index] == '.')
                index++;
            else if (target[index] == '%' && Decode(target, index) == '.')
                index += 3;
            else
                break;
            dots++;
        }

        return dots is 1 or 2 && (index == target.Length || "/?#;"u8.Contains(target[index]));
    }

    private static int Decode(ReadOnlySpan<byte> target, int index)
    {
        if (index + 2 >= target.Length)
            return -1;
        int high = Octets.HexValue(target[index + 1]);
        int low = Octets.HexValue(target[index + 2]);
        return high < 0 || low < 0 ? -1 : (high << 4) | low;
    }
}
