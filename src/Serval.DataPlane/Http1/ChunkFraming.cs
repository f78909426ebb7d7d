using System.Numerics;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

/// <summary>
/// Frames data as chunks in place (RFC 9112 §7.1): the CRLF that ends a chunk's data is written together
/// with the size of the next, in front of data that lies where it was received.
/// </summary>
internal static class ChunkFraming
{
    /// <summary>Bytes of the longest prefix: CRLF, eight hex digits, CRLF.</summary>
    public const int PrefixBytesMax = 12;

    /// <summary>
    /// Writes the chunk's prefix so that it ends right before <paramref name="dataStart"/>, where there must
    /// be <see cref="PrefixBytesMax"/> bytes to spare. Returns where the prefix begins. The first chunk of a
    /// body has no CRLF of a chunk before it. <paramref name="dataLength"/> is not 0: that would be the last
    /// chunk.
    /// </summary>
    public static int WritePrefix(Span<byte> buffer, int dataStart, int dataLength, bool isFirst)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dataLength);
        int digits = ((BitOperations.Log2((uint)dataLength) + 1) + 3) / 4;
        int start = dataStart - digits - (isFirst ? 2 : 4);
        Span<byte> prefix = buffer[start..dataStart];
        prefix[^1] = Octets.LineFeed;
        prefix[^2] = Octets.CarriageReturn;
        int rest = dataLength;
        for (int i = prefix.Length - 3; i >= prefix.Length - 2 - digits; i--)
        {
            prefix[i] = "0123456789abcdef"u8[rest & 0xF];
            rest >>= 4;
        }

        if (!isFirst)
        {
            prefix[0] = Octets.CarriageReturn;
            prefix[1] = Octets.LineFeed;
        }

        return start;
    }

    /// <summary>The last chunk; a trailer section or an empty line has to follow.</summary>
    public static ReadOnlySpan<byte> LastChunk(bool isFirst) => isFirst ? "0\r\n"u8 : "\r\n0\r\n"u8;
}
