using Serval.Config.Model;

namespace Serval.DataPlane.Http;

/// <summary>
/// Paths as a listener's policy leaves them: one text that is matched and forwarded. Owner: a request's head.
/// Thread: its worker's. Bound: a target's bytes; a canonical path is never longer than what was sent.
/// </summary>
internal sealed class CanonicalPath(int bytesMax)
{
    private readonly byte[] _forwarded = new byte[bytesMax];
    private readonly byte[] _matched = new byte[bytesMax];
    private int _length;

    /// <summary>The path that goes upstream.</summary>
    public ReadOnlySpan<byte> Forwarded => _forwarded.AsSpan(0, _length);

    /// <summary>
    /// The same with the digits of its escapes in capitals, as routes are written (RFC 3986 §6.2.2.1): two
    /// spellings of one path are one path, and the upstream sees the one that was sent.
    /// </summary>
    public ReadOnlySpan<byte> Matched => _matched.AsSpan(0, _length);

    /// <summary>
    /// Applies the default or the strict policy to a path that passed <see cref="PathRules"/>. The rule that
    /// it breaks, or None.
    /// </summary>
    public Rejection Apply(ReadOnlySpan<byte> path, PathPolicy policy)
    {
        if (policy == PathPolicy.Strict)
        {
            Rejection broken = CheckStrict(path);
            if (broken != Rejection.None)
                return broken;
        }

        Rejection rejection = Normalize(path);
        CapitalizeEscapes();
        return rejection;
    }

    // RFC 3986 §6.2.2.2 and §6.2.2.3, segment by segment.
    private Rejection Normalize(ReadOnlySpan<byte> path)
    {
        _length = 0;
        int at = 0;
        while (at < path.Length)
        {
            // Here path[at] is the slash before a segment.
            _forwarded[_length++] = (byte)'/';
            int start = _length;
            at = CopySegment(path, at + 1);
            Rejection rejection = FinishSegment(start, isLast: at == path.Length);
            if (rejection != Rejection.None)
                return rejection;
        }

        return Rejection.None;
    }

    // Copies up to the next slash or the end, and returns where that is.
    private int CopySegment(ReadOnlySpan<byte> path, int at)
    {
        while (at < path.Length && path[at] != '/')
        {
            int octet = path[at] == '%' ? Octets.Unescape(path, at) : -1;
            if (octet >= 0 && Octets.Unreserved.Contains((byte)octet))
            {
                _forwarded[_length++] = (byte)octet;
                at += 3;
                continue;
            }

            _forwarded[_length++] = path[at++];
        }

        return at;
    }

    private Rejection FinishSegment(int start, bool isLast)
    {
        ReadOnlySpan<byte> segment = _forwarded.AsSpan(start.._length);
        if (segment is not [(byte)'.', ..] && segment.IndexOf((byte)'%') < 0)
            return Rejection.None;
        int dots = MeasureDots(segment);
        if (dots != segment.Length)
            return HidesDots(segment) ? Rejection.PathDotSegment : Rejection.None;
        if (dots == 0)
            return Rejection.None;

        // "/." ends here; "/.." takes the segment before it along. What follows begins with a slash again.
        _length = start - 1;
        if (dots == 2)
        {
            int parent = _forwarded.AsSpan(0, _length).LastIndexOf((byte)'/');
            if (parent < 0)
                return Rejection.PathAboveRoot;
            _length = parent;
        }

        if (isLast)
            _forwarded[_length++] = (byte)'/';
        return Rejection.None;
    }

    // Servers that strip parameters, or decode an escaped slash, see a dot segment: "..;x", "..%2Fadmin".
    private static bool HidesDots(ReadOnlySpan<byte> segment)
    {
        while (true)
        {
            int dots = MeasureDots(segment);
            ReadOnlySpan<byte> behind = segment[dots..];
            bool isCut = behind.IsEmpty || behind[0] == ';' || Escapes(behind, ';') || Escapes(behind, '/');
            if (dots > 0 && isCut)
                return true;
            int slash = IndexOfEscapedSlash(segment);
            if (slash < 0)
                return false;
            segment = segment[(slash + 3)..];
        }
    }

    private static int IndexOfEscapedSlash(ReadOnlySpan<byte> segment)
    {
        for (int i = 0; i < segment.Length; i++)
        {
            if (Escapes(segment[i..], '/'))
                return i;
        }

        return -1;
    }

    private static bool Escapes(ReadOnlySpan<byte> text, char letter) =>
        text is [(byte)'%', ..] && Octets.Unescape(text, 0) == letter;

    // 1 or 2 for a segment that begins with so many dots and no third.
    private static int MeasureDots(ReadOnlySpan<byte> segment) => segment switch
    {
        [(byte)'.', (byte)'.', (byte)'.', ..] => 0,
        [(byte)'.', (byte)'.', ..] => 2,
        [(byte)'.', ..] => 1,
        _ => 0,
    };

    private void CapitalizeEscapes()
    {
        Forwarded.CopyTo(_matched);
        Span<byte> rest = _matched.AsSpan(0, _length);
        for (int at = rest.IndexOf((byte)'%'); at >= 0; at = rest.IndexOf((byte)'%'))
        {
            foreach (ref byte digit in rest.Slice(at + 1, 2))
            {
                if (digit >= 'a')
                    digit -= 'a' - 'A';
            }

            rest = rest[(at + 3)..];
        }
    }

    // What the default policy would change, and what some servers change by themselves.
    private static Rejection CheckStrict(ReadOnlySpan<byte> path)
    {
        for (int at = 0; at < path.Length; at++)
        {
            bool isLast = at + 1 == path.Length;
            switch (path[at])
            {
                case (byte)'/' when !isLast && path[at + 1] == '/':
                    return Rejection.PathEmptySegment;
                case (byte)';':
                    return Rejection.PathParameters;
                case (byte)'.' when isLast || path[at + 1] == '/':
                    bool isDots = path[at - 1] == '/' || (path[at - 1] == '.' && path[at - 2] == '/');
                    return isDots ? Rejection.PathDotSegment : Rejection.PathTrailingDot;
                case (byte)'%':
                    Rejection rejection = CheckStrictEscape(path, at);
                    if (rejection != Rejection.None)
                        return rejection;
                    at += 2;
                    break;
                default:
                    break;
            }
        }

        return Rejection.None;
    }

    private static Rejection CheckStrictEscape(ReadOnlySpan<byte> path, int at)
    {
        int octet = Octets.Unescape(path, at);
        bool isTrailing = at + 3 == path.Length || path[at + 3] == '/';
        return octet switch
        {
            '/' => Rejection.PathEncodedSlash,
            ';' => Rejection.PathParameters,
            ' ' when isTrailing => Rejection.PathTrailingDot,
            _ => Octets.Unreserved.Contains((byte)octet) ? Rejection.PathEncodedPlain : Rejection.None,
        };
    }
}
