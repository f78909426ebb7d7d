namespace Serval.DataPlane.Http;

/// <summary>The <c>traceparent</c> field (W3C Trace Context §3.2).</summary>
internal static class TraceParent
{
    /// <summary>Offset of the trace id in the value: behind the version.</summary>
    public const int TraceIdStart = 3;

    /// <summary>Digits of a trace id.</summary>
    public const int TraceIdDigits = 32;

    private const int ParentIdStart = TraceIdStart + TraceIdDigits + 1;
    private const int ParentIdDigits = 16;
    private const int FlagsStart = ParentIdStart + ParentIdDigits + 1;
    private const int Bytes = FlagsStart + 2;

    /// <summary>
    /// Whether a value may be passed on. Version 00 has exactly these four parts; later versions may have
    /// more behind another hyphen. Digits are lower-case; ids are not all zeros.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> value)
    {
        if (value.Length < Bytes)
            return false;
        bool hasHyphens = value[TraceIdStart - 1] == '-' && value[ParentIdStart - 1] == '-'
            && value[FlagsStart - 1] == '-';
        ReadOnlySpan<byte> version = value[..(TraceIdStart - 1)];
        if (!hasHyphens || !IsHex(version) || version.SequenceEqual("ff"u8))
            return false;
        if (value.Length > Bytes && (version.SequenceEqual("00"u8) || value[Bytes] != '-'))
            return false;
        return IsId(value.Slice(TraceIdStart, TraceIdDigits))
            && IsId(value.Slice(ParentIdStart, ParentIdDigits))
            && IsHex(value[FlagsStart..Bytes]);
    }

    /// <summary>
    /// Writes a line that begins a trace. Its flags are 00: Serval records no span, so it cannot claim that
    /// the caller has recorded one.
    /// </summary>
    public static void Write<TEncoder>(ref TEncoder encoder, ulong high, ulong low)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        encoder.BeginLine("traceparent: 00-"u8);
        encoder.AddHex(high);
        encoder.AddHex(low);
        encoder.Add("-"u8);
        // The parent is unique within the trace, which has no other yet. It must not be zero.
        ulong parent = high ^ low;
        encoder.AddHex(parent == 0 ? 1 : parent);
        encoder.Add("-00"u8);
        encoder.EndLine();
    }

    private static bool IsId(ReadOnlySpan<byte> digits) =>
        IsHex(digits) && digits.ContainsAnyExcept((byte)'0');

    private static bool IsHex(ReadOnlySpan<byte> digits)
    {
        foreach (byte digit in digits)
        {
            if (digit is not ((>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f')))
                return false;
        }

        return true;
    }
}
