using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

/// <summary>The status line (RFC 9112 §4).</summary>
internal sealed partial class ResponseHead
{
    private ParseStatus ParseStatusLine(ReadOnlySpan<byte> input, out int next)
    {
        ReadOnlySpan<byte> version = "HTTP/1.x "u8;
        next = version.Length + 3;
        for (int i = 0; i < Math.Min(next, input.Length); i++)
        {
            bool isExpected = i switch
            {
                7 => char.IsAsciiDigit((char)input[i]),
                < 9 => input[i] == version[i],
                9 => input[i] is >= (byte)'1' and <= (byte)'9',
                _ => char.IsAsciiDigit((char)input[i]),
            };
            if (!isExpected)
                return Reject(Rejection.BadStatusLine);
        }

        if (input.Length <= next)
            return ParseStatus.Incomplete;
        // RFC 9110 §2.5: a higher minor version is read as the highest that is known.
        HttpMinor = input[7] == '0' ? 0 : 1;
        StatusRange = new ByteRange(9, 3);
        Status = ((input[9] - '0') * 100) + ((input[10] - '0') * 10) + (input[11] - '0');

        // The space before an absent reason is required, but so often left out that its absence has one
        // reading.
        if (input[next] == Octets.Space)
            next++;
        else if (input[next] is not Octets.CarriageReturn)
            return Reject(input[next] == Octets.LineFeed ? Rejection.BareLineFeed : Rejection.BadStatusLine);
        return ParseReason(input, ref next);
    }

    private ParseStatus ParseReason(ReadOnlySpan<byte> input, ref int next)
    {
        ReadOnlySpan<byte> rest = input[next..];
        int length = rest.IndexOfAny(Octets.ValueStops);
        if (length < 0)
            return ParseStatus.Incomplete;
        if (rest[length] != Octets.CarriageReturn)
            return Reject(rest[length] == Octets.LineFeed ? Rejection.BareLineFeed : Rejection.BadStatusLine);
        if (length + 1 == rest.Length)
            return ParseStatus.Incomplete;
        if (rest[length + 1] != Octets.LineFeed)
            return Reject(Rejection.BareCarriageReturn);
        Reason = new ByteRange(next, length);
        next += length + 2;
        return ParseStatus.Complete;
    }
}
