using System.Text;

namespace Serval.DataPlane.Http;

/// <summary>
/// Which fields may trail: those that frame, route, authenticate or describe the message come too late there
/// (RFC 9110 §6.5.1).
/// </summary>
internal static class TrailerRules
{
    /// <summary>Marks the lines of a trailer section that are dropped.</summary>
    public static void Mark(FieldLines lines, ReadOnlySpan<byte> input, bool isResponse)
    {
        foreach (ref HeaderField field in lines.Fields)
        {
            // An upstream is trusted with its names, as in its head.
            if (isResponse && field.Use == HeaderUse.Ambiguous)
                field.Use = HeaderUse.EndToEnd;
            if (field.Use == HeaderUse.EndToEnd && IsForbidden(field.Known, field.Name(input)))
                field.Use = HeaderUse.HopByHop;
        }
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
