using System.Text;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Filtering;

/// <summary>
/// What a trusted proxy says of the request in <c>X-Forwarded-*</c> and <c>X-Request-Id</c>. From anybody
/// else these lines are dropped unread.
/// </summary>
internal static class ProxyClaims
{
    /// <summary>The value of a field that came exactly once; otherwise empty.</summary>
    public static ReadOnlySpan<byte> Only(FieldLines lines, ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> value = default;
        int count = 0;
        foreach (ref readonly HeaderField field in lines.Fields)
        {
            if (!Is(in field, text, name))
                continue;
            value = field.Value(text);
            count++;
        }

        return count == 1 ? value : default;
    }

    /// <summary>Adds every address that the proxies in front have named, each followed by a comma.</summary>
    public static void AddForwardedFor<TEncoder>(
        ref TEncoder encoder, FieldLines lines, ReadOnlySpan<byte> text)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        foreach (ref readonly HeaderField field in lines.Fields)
        {
            if (!Is(in field, text, "x-forwarded-for"u8) || field.ValueLength == 0)
                continue;
            encoder.Add(field.Value(text));
            encoder.Add(", "u8);
        }
    }

    /// <summary>Whether the client spoke TLS with the proxy; null if that does not say.</summary>
    public static bool? IsHttps(FieldLines lines, ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> scheme = Only(lines, text, "x-forwarded-proto"u8);
        if (Ascii.EqualsIgnoreCase(scheme, "https"u8))
            return true;
        return Ascii.EqualsIgnoreCase(scheme, "http"u8) ? false : null;
    }

    private static bool Is(in HeaderField field, ReadOnlySpan<byte> text, ReadOnlySpan<byte> name) =>
        field.Use == HeaderUse.Untrusted && field.NameLength == name.Length
        && Ascii.EqualsIgnoreCase(field.Name(text), name);
}
