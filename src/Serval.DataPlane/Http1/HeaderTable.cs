using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

/// <summary>
/// Reads the header lines of one section into a table of offsets. Strict after RFC 9112 §5: names are tokens
/// with the colon right behind them (in responses white space may come between, which is not passed on),
/// values have no controls, lines end in CRLF and are never continued. Owner: a head or trailer section.
/// Thread: its worker's. Bound: the capacity of <paramref name="lines"/>.
/// </summary>
/// <param name="lines">Where the lines go.</param>
internal sealed class HeaderTable(FieldLines lines)
{
    /// <summary>Offset just past the empty line that ends the section; valid after Complete.</summary>
    public int End { get; private set; }

    /// <summary>Why the section was refused; valid after Rejected.</summary>
    public Rejection Rejection { get; private set; }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        lines.Reset();
        End = 0;
        Rejection = Rejection.None;
    }

    /// <summary>
    /// Reads lines from <paramref name="start"/> up to and including the empty one. White space before a
    /// colon has two readings in a request; a proxy removes it from a response (RFC 9112 §5.1).
    /// </summary>
    public ParseStatus Parse(ReadOnlySpan<byte> input, int start, bool isResponse)
    {
        Reset();
        int position = start;
        while (position < input.Length)
        {
            if (input[position] == Octets.CarriageReturn)
                return ParseEmptyLine(input, position);
            ParseStatus status = ParseLine(input, ref position, isResponse);
            if (status != ParseStatus.Complete)
                return status;
        }

        return ParseStatus.Incomplete;
    }

    private ParseStatus ParseEmptyLine(ReadOnlySpan<byte> input, int position)
    {
        if (position + 1 == input.Length)
            return ParseStatus.Incomplete;
        if (input[position + 1] != Octets.LineFeed)
            return Reject(Rejection.BareCarriageReturn);
        lines.End = position;
        End = position + 2;
        return ParseStatus.Complete;
    }

    private ParseStatus ParseLine(ReadOnlySpan<byte> input, ref int position, bool isResponse)
    {
        ReadOnlySpan<byte> line = input[position..];
        int colon = line.IndexOfAnyExcept(Octets.PlainName);
        bool isAmbiguous = colon >= 0 && line[colon] != ':' && Octets.Token.Contains(line[colon]);
        if (isAmbiguous)
            colon = line.IndexOfAnyExcept(Octets.Token);
        if (colon < 0)
            return ParseStatus.Incomplete;
        int nameLength = colon;
        if (isResponse && colon > 0 && Octets.IsBlank(line[colon]))
        {
            lines.IsRespelled = true;
            colon += line[colon..].IndexOfAnyExcept(Octets.Space, Octets.Tab);
            if (colon < nameLength)
                return ParseStatus.Incomplete;
        }

        if (line[colon] != ':' || colon == 0)
            return Reject(ExplainName(line[colon], nameLength));

        ReadOnlySpan<byte> rest = line[(colon + 1)..];
        int length = rest.IndexOfAny(Octets.ValueStops);
        if (length < 0)
            return ParseStatus.Incomplete;
        if (rest[length] != Octets.CarriageReturn)
            return Reject(ExplainValue(rest[length]));
        if (length + 1 == rest.Length)
            return ParseStatus.Incomplete;
        if (rest[length + 1] != Octets.LineFeed)
            return Reject(Rejection.BareCarriageReturn);

        ByteRange value = Octets.Trim(rest, 0, length);
        HeaderField field = new()
        {
            NameStart = position,
            NameLength = nameLength,
            ValueStart = position + colon + 1 + value.Start,
            ValueLength = value.Length,
            Known = isAmbiguous ? KnownHeader.None : KnownHeaders.Identify(line[..nameLength]),
            Use = isAmbiguous ? HeaderUse.Ambiguous : HeaderUse.EndToEnd,
        };
        if (!lines.TryAdd(in field))
            return Reject(Rejection.TooManyHeaders);
        position += colon + length + 3;
        return ParseStatus.Complete;
    }

    private ParseStatus Reject(Rejection rejection)
    {
        Rejection = rejection;
        return ParseStatus.Rejected;
    }

    private static Rejection ExplainName(byte octet, int nameLength)
    {
        if (octet == Octets.LineFeed)
            return Rejection.BareLineFeed;
        if (octet == Octets.CarriageReturn || !Octets.IsBlank(octet))
            return Rejection.BadHeaderName;
        return nameLength == 0 ? Rejection.ObsoleteFold : Rejection.SpaceBeforeColon;
    }

    private static Rejection ExplainValue(byte octet) =>
        octet == Octets.LineFeed ? Rejection.BareLineFeed : Rejection.BadHeaderValue;
}
