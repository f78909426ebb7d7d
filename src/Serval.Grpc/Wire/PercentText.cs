using System.Buffers;
using System.Text;

namespace Serval.Grpc.Wire;

/// <summary>The percent encoding of <c>grpc-message</c>: UTF-8, everything but printable ASCII
/// escaped.</summary>
internal static class PercentText
{
    // gRPC over HTTP/2, "Responses": space to tilde travel as they are, except the percent sign.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !\"#$&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Plain))
            return text;
        var builder = new StringBuilder(text.Length + 16);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (Plain.Contains((char)b))
                builder.Append((char)b);
            else
                builder.Append('%').Append(Hex(b >> 4)).Append(Hex(b & 15));
        }

        return builder.ToString();
    }

    /// <summary>Never fails: what is not a valid escape stays as it is, as the protocol asks.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
            return text;
        var bytes = new List<byte>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1])
                && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes.Add((byte)((Convert.FromHexString(text.AsSpan(i + 1, 2))[0])));
                i += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text, i, 1));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static char Hex(int value) => (char)(value < 10 ? '0' + value : 'A' + value - 10);
}
