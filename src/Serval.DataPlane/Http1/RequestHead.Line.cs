using System.Text;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

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
        if (length > _limits.TargetBytesMax || (length < 0 && rest.Length > _limits.TargetBytesMax))
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
        TakeMethod(input, new ByteRange(next, length));
        next += length + 1;
        return MethodKind == MethodKind.Connect ? Reject(Rejection.ConnectMethod) : ParseStatus.Complete;
    }

    private ParseStatus ParseVersion(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> expected = "HTTP/1.1\r\n"u8;
        Version = HttpVersion.Http11;
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
        Version = rest[7] == '0' ? HttpVersion.Http10 : HttpVersion.Http11;
        return rest.Length < expected.Length ? ParseStatus.Incomplete : ParseStatus.Complete;
    }

    private Rejection ParseTarget(ReadOnlySpan<byte> input, int start, int length)
    {
        ReadOnlySpan<byte> target = input.Slice(start, length);
        if (target[0] == '/')
            return TakePath(target, start);
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
        return rejection == Rejection.None ? TakePath(target[path..], start + path) : rejection;
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
