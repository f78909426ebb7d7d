using System.Buffers;
using System.Runtime.CompilerServices;

namespace Serval.DataPlane.Http;

/// <summary>The byte classes of RFC 9110 and RFC 9112 that parsers scan for.</summary>
internal static class Octets
{
    public const byte Tab = 0x09;
    public const byte LineFeed = 0x0A;
    public const byte CarriageReturn = 0x0D;
    public const byte Space = 0x20;
    public const byte Delete = 0x7F;

    /// <summary>Bytes of a token (RFC 9110 §5.6.2).</summary>
    public static readonly SearchValues<byte> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>
    /// Letters, digits and the hyphen: a header name of these alone has one reading everywhere.
    /// </summary>
    public static readonly SearchValues<byte> PlainName = SearchValues.Create(
        "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Characters that mean the same escaped and plain (RFC 3986 §2.3).</summary>
    public static readonly SearchValues<byte> Unreserved = SearchValues.Create(
        "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Bytes that no field value has: controls other than the tab (RFC 9110 §5.5).</summary>
    public static readonly SearchValues<byte> ValueStops = SearchValues.Create(ControlsWithoutTab());

    /// <summary>Visible ASCII that needs no second look in a path.</summary>
    public static readonly SearchValues<byte> PlainPath = SearchValues.Create(
        "!\"$&'()*+,-/0123456789:;<=>@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    /// <summary>
    /// Bytes of a registered name as the DNS knows them, and the underscore that some zones have.
    /// </summary>
    public static readonly SearchValues<byte> Host = SearchValues.Create(
        "-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Bytes between the brackets of an IPv6 literal.</summary>
    public static readonly SearchValues<byte> Ipv6 = SearchValues.Create(".:0123456789ABCDEFabcdef"u8);

    /// <summary>Whether a byte is white space inside a line.</summary>
    public static bool IsBlank(byte octet) => octet is Space or Tab;

    /// <summary>Whether all bytes, and at least one, are token bytes.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text) => text.Length > 0 && !text.ContainsAnyExcept(Token);

    /// <summary>
    /// The part of <paramref name="text"/> between two offsets, without white space at both ends.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteRange Trim(ReadOnlySpan<byte> text, int start, int end)
    {
        // Nearly every value has one space before it and none behind.
        if (start < end && text[start] == Space)
            start++;
        return start < end && text[start] > Space && text[end - 1] > Space
            ? new ByteRange(start, end - start)
            : TrimAll(text, start, end);
    }

    private static ByteRange TrimAll(ReadOnlySpan<byte> text, int start, int end)
    {
        while (start < end && IsBlank(text[start]))
            start++;
        while (end > start && IsBlank(text[end - 1]))
            end--;
        return new ByteRange(start, end - start);
    }

    /// <summary>The value of a hex digit; -1 when it is none.</summary>
    public static int HexValue(byte octet) => octet switch
    {
        >= (byte)'0' and <= (byte)'9' => octet - '0',
        >= (byte)'a' and <= (byte)'f' => octet - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => octet - 'A' + 10,
        _ => -1,
    };

    /// <summary>The byte that the percent sign at an index escapes; -1 without two hex digits.</summary>
    public static int Unescape(ReadOnlySpan<byte> text, int index)
    {
        if (index + 2 >= text.Length)
            return -1;
        int high = HexValue(text[index + 1]);
        int low = HexValue(text[index + 2]);
        return high < 0 || low < 0 ? -1 : (high << 4) | low;
    }

    private static byte[] ControlsWithoutTab()
    {
        byte[] stops = new byte[32];
        int count = 0;
        for (byte octet = 0; octet < Space; octet++)
        {
            if (octet != Tab)
                stops[count++] = octet;
        }

        stops[count] = Delete;
        return stops;
    }
}
