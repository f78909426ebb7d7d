using System.Text;

namespace Serval.DataPlane.Parsing;

/// <summary>The request line (RFC 9112 §3).</summary>
internal sealed partial class RequestHead
{
    private const byte TlsHandshakeRecord = 0x16;
    private const int VersionLength = 8;

    private ParseStatus ParseLine(ReadOnlySpan<byte> input, out int next)
    {
        ParseStatus status = SkipEmptyLines(input, out next);
        if (status == ParseStatus.Complete)
            status = ParseMethod(input, ref next);
        if (status != ParseStatus.Complete)
            return status;

        ReadOnlySpan<byte> rest = input[next..];
        int length = rest.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E);
        if (length > limits.TargetBytesMax || (length < 0 && rest.Length > limits.TargetBytesMax))
            return Reject(Rejection.TargetTooLong);
        if (length < 0)
            return ParseStatus.Incomplete;
        if (length == 0 || rest[length] != Octets.Space)
            return Reject(length == 0 ? Rejection.BadRequestLine : ExplainTarget(rest[length]));

        status = ParseVersion(rest[(length + 1)..]);
        if (status != ParseStatus.Complete)
            return status;
        Rejection rejection = ParseTarget(input, next, length);
        next += length + 1 + VersionLength + 2;
        return rejection == Rejection.None ? ParseStatus.Complete : Reject(rejection);
    }

    // RFC 9112 §2.2: a server should ignore at least one empty line before the request line.
    private ParseStatus SkipEmptyLines(ReadOnlySpan<byte> input, out int next)
    {
        next = 0;
        while (next < input.Length && input[next] == Octets.CarriageReturn)
        {
            if (next + 1 == input.Length)
                return ParseStatus.Incomplete;
            if (input[next + 1] != Octets.LineFeed)
                return Reject(Rejection.BareCarriageReturn);
            next += 2;
            if (next > 2 * HeaderLimits.LeadingEmptyLinesMax)
                return Reject(Rejection.TooManyEmptyLines);
        }

        return ParseStatus.Complete;
    }

    private ParseStatus ParseMethod(ReadOnlySpan<byte> input, ref int next)
    {
        ReadOnlySpan<byte> rest = input[next..];
        int length = rest.StartsWith("GET "u8) ? 3 : rest.IndexOfAnyExcept(Octets.Token);
        if (length > HeaderLimits.MethodBytesMax || (length < 0 && rest.Length > HeaderLimits.MethodBytesMax))
            return Reject(Rejection.MethodTooLong);
        if (length < 0)
            return ParseStatus.Incomplete;
        if (length == 0 || rest[length] != Octets.Space)
            return Reject(ExplainMethod(rest[length], length));
        MethodRange = new ByteRange(next, length);
        MethodKind = IdentifyMethod(rest[..length]);
        next += length + 1;
        return MethodKind == MethodKind.Connect ? Reject(Rejection.ConnectMethod) : ParseStatus.Complete;
    }

    private ParseStatus ParseVersion(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> expected = "HTTP/1.1\r\n"u8;
        HttpMinor = 1;
        if (rest.StartsWith(expected))
            return ParseStatus.Complete;
        for (int i = 0; i < Math.Min(rest.Length, expected.Length); i++)
        {
            bool isVersionDigit = i is 5 or 7;
            if (isVersionDigit ? !char.IsAsciiDigit((char)rest[i]) : rest[i] != expected[i])
                return Reject(ExplainVersion(rest[i], i));
        }

        if (rest.Length < VersionLength)
            return ParseStatus.Incomplete;
        if (rest[5] != '1')
            return Reject(IsHttp2Preface(rest) ? Rejection.Http2Preface : Rejection.UnsupportedVersion);
        // RFC 9110 §2.5: a higher minor version is read as the highest that is known.
        HttpMinor = rest[7] == '0' ? 0 : 1;
        return rest.Length < expected.Length ? ParseStatus.Incomplete : ParseStatus.Complete;
    }

    private Rejection ParseTarget(ReadOnlySpan<byte> input, int start, int length)
    {
        ReadOnlySpan<byte> target = input.Slice(start, length);
        if (target[0] == '/')
            return ParsePath(target, start);
        if (length == 1 && target[0] == '*' && MethodKind == MethodKind.Options)
        {
            PathRange = new ByteRange(start, 1);
            return Rejection.None;
        }

        int scheme = MeasureScheme(target);
        if (scheme == 0)
            return Rejection.BadTarget;
        int authority = target[scheme..].IndexOfAny("/?#"u8);
        int authorityLength = authority < 0 ? length - scheme : authority;
        Rejection rejection = TakeAuthority(input, new ByteRange(start + scheme, authorityLength));
        int path = scheme + authorityLength;
        return rejection == Rejection.None ? ParsePath(target[path..], start + path) : rejection;
    }

    private Rejection ParsePath(ReadOnlySpan<byte> target, int start)
    {
        Rejection rejection = PathRules.Check(target, out int length, out bool isPlain);
        _isPathPlain = isPlain;
        PathRange = new ByteRange(start, length);
        if (rejection != Rejection.None)
            return rejection;
        HasQuery = length < target.Length;
        QueryRange = HasQuery ? new ByteRange(start + length + 1, target.Length - length - 1) : default;
        return target[length..].Contains((byte)'#') ? Rejection.TargetFragment : Rejection.None;
    }

    private Rejection TakeAuthority(ReadOnlySpan<byte> input, ByteRange range)
    {
        if (!Parsing.Authority.TryParse(range.Of(input), out int hostLength, out int port))
            return Rejection.HostInvalid;
        Host = new ByteRange(range.Start, hostLength);
        // RFC 9110 §4.2.3: an empty port is written without its colon.
        Authority = port == 0 ? Host : range;
        Port = port;
        return Rejection.None;
    }

    private bool IsHttp2Preface(ReadOnlySpan<byte> version) =>
        version[5] == '2' && MethodRange.Length == 3 && MethodKind == MethodKind.Other;

    private static int MeasureScheme(ReadOnlySpan<byte> target)
    {
        ReadOnlySpan<byte> http = "http://"u8;
        ReadOnlySpan<byte> https = "https://"u8;
        if (target.Length > http.Length && Ascii.EqualsIgnoreCase(target[..http.Length], http))
            return http.Length;
        bool isHttps = target.Length > https.Length && Ascii.EqualsIgnoreCase(target[..https.Length], https);
        return isHttps ? https.Length : 0;
    }

    private static MethodKind IdentifyMethod(ReadOnlySpan<byte> method) => method.Length switch
    {
        3 when method.SequenceEqual("GET"u8) => MethodKind.Get,
        3 when method.SequenceEqual("PUT"u8) => MethodKind.Put,
        4 when method.SequenceEqual("POST"u8) => MethodKind.Post,
        4 when method.SequenceEqual("HEAD"u8) => MethodKind.Head,
        5 when method.SequenceEqual("PATCH"u8) => MethodKind.Patch,
        5 when method.SequenceEqual("TRACE"u8) => MethodKind.Trace,
        6 when method.SequenceEqual("DELETE"u8) => MethodKind.Delete,
        7 when method.SequenceEqual("OPTIONS"u8) => MethodKind.Options,
        7 when method.SequenceEqual("CONNECT"u8) => MethodKind.Connect,
        _ => MethodKind.Other,
    };

    private static Rejection ExplainMethod(byte octet, int length)
    {
        if (octet == TlsHandshakeRecord && length == 0)
            return Rejection.TlsOnPlainPort;
        return octet == Octets.LineFeed ? Rejection.BareLineFeed : Rejection.BadRequestLine;
    }

    private static Rejection ExplainTarget(byte octet) => octet switch
    {
        Octets.LineFeed => Rejection.BareLineFeed,
        Octets.CarriageReturn => Rejection.BadRequestLine,
        _ => Rejection.BadTarget,
    };

    private static Rejection ExplainVersion(byte octet, int index)
    {
        if (index < VersionLength)
            return Rejection.BadRequestLine;
        if (index > VersionLength)
            return Rejection.BareCarriageReturn;
        return octet == Octets.LineFeed ? Rejection.BareLineFeed : Rejection.BadRequestLine;
    }
}
