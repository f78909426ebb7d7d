using System.Buffers.Text;

namespace Serval.DataPlane.Accounting;

/// <summary>
/// Writes members of a JSON object into a span, cutting what does not fit, without allocating.
/// </summary>
internal ref struct JsonLine(Span<byte> destination)
{
    private const int EscapeBytesMax = 6;
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes as they are; left out when they do not fit.</summary>
    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        if (!bytes.TryCopyTo(_destination[Length..])) return;
        Length += bytes.Length;
    }

    /// <summary>A number.</summary>
    public void Number(long value)
    {
        if (Utf8Formatter.TryFormat(value, _destination[Length..], out int written)) Length += written;
    }

    /// <summary>
    /// A quoted string of at most <paramref name="most"/> bytes; bytes that are not printable ASCII are
    /// escaped.
    /// </summary>
    public void Text(scoped ReadOnlySpan<byte> value, int most)
    {
        Raw("\""u8);
        foreach (byte octet in value[..Math.Min(value.Length, most)])
        {
            if (_destination.Length - Length < EscapeBytesMax + 1) break;
            if (octet is >= 0x20 and < 0x7F and not (byte)'"' and not (byte)'\\')
            {
                _destination[Length++] = octet;
                continue;
            }

            Raw("\\u00"u8);
            _destination[Length++] = "0123456789abcdef"u8[octet >> 4];
            _destination[Length++] = "0123456789abcdef"u8[octet & 0xF];
        }

        Raw("\""u8);
    }
}
