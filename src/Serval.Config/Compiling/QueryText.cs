using System.Buffers.Text;

namespace Serval.Config.Compiling;

/// <summary>
/// Reads a query as <c>application/x-www-form-urlencoded</c>: pairs parted by <c>&amp;</c>, a plus is a
/// space,
/// percent signs escape. A percent sign without two hexadecimal digits stands for itself.
/// </summary>
internal static class QueryText
{
    /// <summary>The still encoded value of the first parameter of this name.</summary>
    public static bool TryFind(
        ReadOnlySpan<byte> query, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        for (int seen = 0; seen < ConfigLimits.QueryParametersSeen && !query.IsEmpty; seen++)
        {
            int end = query.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? query : query[..end];
            int equals = pair.IndexOf((byte)'=');
            if (IsEqual(equals < 0 ? pair : pair[..equals], name))
            {
                value = equals < 0 ? default : pair[(equals + 1)..];
                return true;
            }

            query = end < 0 ? default : query[(end + 1)..];
        }

        value = default;
        return false;
    }

    /// <summary>True when an encoded text stands for these bytes.</summary>
    public static bool IsEqual(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> wanted)
    {
        int length = 0;
        for (int at = 0; at < encoded.Length; length++)
        {
            if (length == wanted.Length || Decode(encoded, ref at) != wanted[length])
                return false;
        }

        return length == wanted.Length;
    }

    /// <summary>The byte that the text at a place stands for; moves on to the next place.</summary>
    public static byte Decode(ReadOnlySpan<byte> encoded, ref int at)
    {
        byte first = encoded[at++];
        if (first == (byte)'+')
            return (byte)' ';
        if (first != (byte)'%' || at + 2 > encoded.Length)
            return first;
        if (!Utf8Parser.TryParse(encoded.Slice(at, 2), out byte escaped, out int used, 'x') || used != 2)
            return first;
        at += 2;
        return escaped;
    }
}
