namespace Serval.DataPlane.Http;

/// <summary>
/// What every path must be, whatever a listener's policy: escapes are whole (RFC 3986 §2.1), and there is no
/// NUL and no backslash, which servers read as the end of a path or as a slash.
/// </summary>
internal static class PathRules
{
    /// <summary>
    /// Checks the path at the start of <paramref name="target"/>, which consists of visible ASCII.
    /// <paramref name="length"/> is that of the path, up to a question mark or the end; of a path that is
    /// refused, up to what it is refused for. <paramref name="isPlain"/> is true if there is no escape and no
    /// segment that begins with a dot: nothing that a policy would look at, except that of strict ones.
    /// </summary>
    public static Rejection Check(ReadOnlySpan<byte> target, out int length, out bool isPlain)
    {
        length = 0;
        isPlain = true;
        while (true)
        {
            int step = target[length..].IndexOfAnyExcept(Octets.PlainPath);
            if (step < 0)
            {
                length = target.Length;
                return Rejection.None;
            }

            length += step;
            switch (target[length])
            {
                case (byte)'?':
                    return Rejection.None;
                case (byte)'#':
                    return Rejection.TargetFragment;
                case (byte)'\\':
                    return Rejection.PathBackslash;
                case (byte)'.':
                    isPlain &= target[length - 1] != '/';
                    break;
                default:
                    isPlain = false;
                    Rejection rejection = CheckEscape(Octets.Unescape(target, length));
                    if (rejection != Rejection.None)
                        return rejection;
                    break;
            }

            length++;
        }
    }

    private static Rejection CheckEscape(int octet) => octet switch
    {
        < 0 => Rejection.PathEncoding,
        0 => Rejection.PathNul,
        '\\' => Rejection.PathBackslash,
        _ => Rejection.None,
    };
}
