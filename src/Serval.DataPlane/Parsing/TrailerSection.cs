using System.Text;

namespace Serval.DataPlane.Parsing;

/// <summary>
/// The trailer section after a last chunk (RFC 9112 §7.1.2). Fields that frame, route, authenticate or
/// describe the message come too late there and are dropped (RFC 9110 §6.5.1). Owner: one worker. Bound:
/// <see cref="HeaderLimits.Trailers"/>.
/// </summary>
internal sealed class TrailerSection(HeaderLimits limits)
{
    private readonly HeaderTable _headers = new(limits);

    /// <summary>Bytes of the section, its closing empty line included.</summary>
    public int Length => _headers.End;

    /// <summary>Why the section was refused.</summary>
    public Rejection Rejection { get; private set; }

    /// <summary>How many lines there are.</summary>
    public int Count => _headers.Count;

    /// <summary>The lines in the order of arrival.</summary>
    public ReadOnlySpan<HeaderField> Fields => _headers.Fields;

    /// <summary>
    /// As <see cref="RequestHead.Parse(ReadOnlySpan{byte}, ref int)"/>, for a trailer section.
    /// </summary>
    public ParseStatus Parse(ReadOnlySpan<byte> input, bool isResponse, ref int scanned)
    {
        bool isEmpty = input.StartsWith("\r\n"u8);
        if (!isEmpty && scanned > 0 && !HeadEnd.TryFind(input, ref scanned))
            return input.Length < limits.BytesMax ? ParseStatus.Incomplete : Reject(Rejection.HeadTooLarge);
        ParseStatus status = Parse(input, isResponse);
        scanned = status == ParseStatus.Incomplete ? input.Length : 0;
        return status;
    }

    /// <summary>Parses a section from the start of the input, right behind the last chunk's line.</summary>
    public ParseStatus Parse(ReadOnlySpan<byte> input, bool isResponse)
    {
        Rejection = Rejection.None;
        bool isFull = input.Length >= limits.BytesMax;
        ParseStatus status = _headers.Parse(
            isFull ? input[..limits.BytesMax] : input, 0, isResponse);
        if (status == ParseStatus.Rejected)
            return Reject(_headers.Rejection);
        if (status == ParseStatus.Incomplete)
            return isFull ? Reject(Rejection.HeadTooLarge) : status;
        foreach (ref HeaderField field in _headers.Fields)
        {
            // An upstream is trusted with its names, as in its head.
            if (isResponse && field.Use == HeaderUse.Ambiguous)
                field.Use = HeaderUse.EndToEnd;
            if (field.Use == HeaderUse.EndToEnd && IsForbidden(field.Known, field.Name(input)))
                field.Use = HeaderUse.HopByHop;
        }

        return status;
    }

    private ParseStatus Reject(Rejection rejection)
    {
        Rejection = rejection;
        return ParseStatus.Rejected;
    }

    // Every field that a proxy knows has a meaning before the body, except the ones that may follow it.
    private static bool IsForbidden(KnownHeader known, ReadOnlySpan<byte> name)
    {
        if (known != KnownHeader.None)
            return true;
        return StartsWith(name, "if-"u8) || StartsWith(name, "proxy-"u8)
            || StartsWith(name, "access-control-"u8) || Is(name, "content-encoding"u8)
            || Is(name, "content-type"u8) || Is(name, "content-range"u8) || Is(name, "authorization"u8)
            || Is(name, "www-authenticate"u8) || Is(name, "cookie"u8) || Is(name, "set-cookie"u8)
            || Is(name, "age"u8) || Is(name, "expires"u8) || Is(name, "pragma"u8) || Is(name, "vary"u8)
            || Is(name, "cache-control"u8) || Is(name, "location"u8) || Is(name, "retry-after"u8)
            || Is(name, "range"u8) || Is(name, "strict-transport-security"u8);
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text) =>
        Ascii.EqualsIgnoreCase(name, text);

    private static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text) =>
        name.Length >= text.Length && Is(name[..text.Length], text);
}
