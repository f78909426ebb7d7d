using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

/// <summary>
/// The trailer section after a last chunk (RFC 9112 §7.1.2). Fields that frame, route, authenticate or
/// describe the message come too late there and are dropped (RFC 9110 §6.5.1). Owner: one worker. Bound:
/// <see cref="HeaderLimits.Trailers"/>.
/// </summary>
internal sealed class TrailerSection
{
    private readonly HeaderLimits _limits;
    private readonly HeaderTable _headers;

    public TrailerSection(HeaderLimits limits)
    {
        _limits = limits;
        Lines = new FieldLines(limits.CountMax);
        _headers = new HeaderTable(Lines);
    }

    /// <summary>Bytes of the section, its closing empty line included.</summary>
    public int Length => _headers.End;

    /// <summary>Why the section was refused.</summary>
    public Rejection Rejection { get; private set; }

    /// <summary>The lines that came; those that may not trail are marked.</summary>
    public FieldLines Lines { get; }

    /// <summary>How many lines there are.</summary>
    public int Count => Lines.Count;

    /// <summary>The lines in the order of arrival.</summary>
    public ReadOnlySpan<HeaderField> Fields => Lines.Fields;

    /// <summary>
    /// As <see cref="RequestHead.Parse(ReadOnlySpan{byte}, ref int)"/>, for a trailer section.
    /// </summary>
    public ParseStatus Parse(ReadOnlySpan<byte> input, bool isResponse, ref int scanned)
    {
        bool isEmpty = input.StartsWith("\r\n"u8);
        if (!isEmpty && scanned > 0 && !HeadEnd.TryFind(input, ref scanned))
            return input.Length < _limits.BytesMax ? ParseStatus.Incomplete : Reject(Rejection.HeadTooLarge);
        ParseStatus status = Parse(input, isResponse);
        scanned = status == ParseStatus.Incomplete ? input.Length : 0;
        return status;
    }

    /// <summary>Parses a section from the start of the input, right behind the last chunk's line.</summary>
    public ParseStatus Parse(ReadOnlySpan<byte> input, bool isResponse)
    {
        Rejection = Rejection.None;
        bool isFull = input.Length >= _limits.BytesMax;
        ParseStatus status = _headers.Parse(
            isFull ? input[.._limits.BytesMax] : input, 0, isResponse);
        if (status == ParseStatus.Rejected)
            return Reject(_headers.Rejection);
        if (status == ParseStatus.Incomplete)
            return isFull ? Reject(Rejection.HeadTooLarge) : status;
        TrailerRules.Mark(Lines, input, isResponse);
        return status;
    }

    private ParseStatus Reject(Rejection rejection)
    {
        Rejection = rejection;
        return ParseStatus.Rejected;
    }
}
