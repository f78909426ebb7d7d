using System.Buffers.Text;

namespace Serval.DataPlane.Accounting;

/// <summary>
/// Writes members of a JSON object into a span, cutting what does not fit, without allocating.
/// </summary>
/// <param name="destination">Where to.</param>
/// <param name="written">Bytes that are there already.</param>
internal ref struct JsonLine(Span<byte> destination, int written = 0)
{
    private const int EscapeBytesMax = 6;

    // Of a number, or of the quotes of a text.
    private const int ValueBytesMin = 24;
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; } = written;

    /// <summary>
    /// Begins a member whose value must follow; false, and nothing is written, when there is no room for it.
    /// </summary>
    public bool Member(scoped ReadOnlySpan<byte> name)
    {
        if (_destination.Length - Length < name.Length + ValueBytesMin) return false;
        Raw(Length == 1 ? "\""u8 : ",\""u8);
        Raw(name);
        Raw("\":"u8);
        return true;
    }

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
            AddHex(octet);
        }

        Raw("\""u8);
    }

    /// <summary>The same of characters.</summary>
    public void Text(scoped ReadOnlySpan<char> value, int most)
    {
        Raw("\""u8);
        foreach (char unit in value[..Math.Min(value.Length, most)])
        {
            if (_destination.Length - Length < EscapeBytesMax + 1) break;
            if (unit is >= ' ' and < '\x7F' and not '"' and not '\\')
            {
                _destination[Length++] = (byte)unit;
                continue;
            }

            Raw("\\u"u8);
            AddHex((byte)(unit >> 8));
            AddHex((byte)unit);
        }

        Raw("\""u8);
    }

    private void AddHex(byte octet)
    {
        _destination[Length++] = "0123456789abcdef"u8[octet >> 4];
        _destination[Length++] = "0123456789abcdef"u8[octet & 0xF];
    }
}
