using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Serval.DataPlane.Filtering;

/// <summary>
/// Appends the parts of a head to a span. What does not fit, and all that follows, is left out, and the
/// result says so: writers need no check in between.
/// </summary>
internal ref struct HeadBuffer(Span<byte> output)
{
    private Span<byte> _free = output;
    private bool _isOverrun;

    /// <summary>
    /// How many bytes were written into an output of this size; -1 when something did not fit.
    /// </summary>
    public readonly int Result(int outputLength) => _isOverrun ? -1 : outputLength - _free.Length;

    /// <summary>Appends bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.TryCopyTo(_free))
            _free = _free[bytes.Length..];
        else
            Overrun();
    }

    /// <summary>Appends a header line; <paramref name="start"/> is the name with colon and space.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddLine(ReadOnlySpan<byte> start, ReadOnlySpan<byte> value)
    {
        Add(start);
        Add(value);
        Add("\r\n"u8);
    }

    /// <summary>Appends a header line with a decimal number for its value.</summary>
    public void AddLine(ReadOnlySpan<byte> start, long value)
    {
        Add(start);
        AddNumber(value);
        Add("\r\n"u8);
    }

    /// <summary>Appends a decimal number.</summary>
    public void AddNumber(long value)
    {
        if (Utf8Formatter.TryFormat(value, _free, out int written))
            _free = _free[written..];
        else
            Overrun();
    }

    /// <summary>Appends 16 lower-case hex digits.</summary>
    public void AddHex(ulong value)
    {
        const int digits = 16;
        if (_free.Length < digits)
        {
            Overrun();
            return;
        }

        for (int i = digits - 1; i >= 0; i--)
        {
            _free[i] = "0123456789abcdef"u8[(int)(value & 0xF)];
            value >>= 4;
        }

        _free = _free[digits..];
    }

    private void Overrun()
    {
        _free = default;
        _isOverrun = true;
    }
}
