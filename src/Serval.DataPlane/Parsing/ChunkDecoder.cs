namespace Serval.DataPlane.Parsing;

/// <summary>
/// Takes the chunks of a body apart as they arrive (RFC 9112 §7.1). Only CRLF ends a line, sizes are plain
/// hexadecimal, extensions are bounded and skipped. Blittable; <c>default</c> is a fresh one.
/// </summary>
internal struct ChunkDecoder
{
    private long _remaining;
    private int _sizeDigits;
    private int _extensionBytes;
    private Expected _expected;

    private enum Expected : byte
    {
        Size,
        Extension,
        SizeLineFeed,
        Data,
        DataCarriageReturn,
        DataLineFeed,
        Nothing,
    }

    /// <summary>Why the body was refused.</summary>
    public Rejection Rejection { get; private set; }

    /// <summary>Bytes of the current chunk's data that have not been seen.</summary>
    public readonly long Remaining => _expected == Expected.Data ? _remaining : 0;

    /// <summary>
    /// Advances through <paramref name="input"/> up to the end of the next run of data. The caller drops
    /// <paramref name="consumed"/> bytes and calls again, until NeedMore (the input is used up), LastChunk or
    /// Rejected.
    /// </summary>
    public ChunkStatus Next(ReadOnlySpan<byte> input, out int consumed, out int dataStart, out int dataLength)
    {
        dataStart = 0;
        dataLength = 0;
        for (consumed = 0; consumed < input.Length; consumed++)
        {
            if (_expected == Expected.Data)
            {
                dataStart = consumed;
                dataLength = (int)Math.Min(_remaining, input.Length - consumed);
                consumed += dataLength;
                _remaining -= dataLength;
                if (_remaining == 0)
                    _expected = Expected.DataCarriageReturn;
                return ChunkStatus.Data;
            }

            Rejection = Step(input[consumed]);
            if (Rejection != Rejection.None)
                return ChunkStatus.Rejected;
            if (_expected == Expected.Nothing)
            {
                consumed++;
                return ChunkStatus.LastChunk;
            }
        }

        return ChunkStatus.NeedMore;
    }

    private Rejection Step(byte octet)
    {
        switch (_expected)
        {
            case Expected.Size:
                return StepSize(octet);
            case Expected.Extension:
                return StepExtension(octet);
            case Expected.SizeLineFeed:
                _expected = _remaining == 0 ? Expected.Nothing : Expected.Data;
                _sizeDigits = 0;
                return octet == Octets.LineFeed ? Rejection.None : Rejection.ChunkLineEnd;
            case Expected.DataCarriageReturn:
                _expected = Expected.DataLineFeed;
                return octet == Octets.CarriageReturn ? Rejection.None : Rejection.ChunkLineEnd;
            case Expected.DataLineFeed:
                _expected = Expected.Size;
                return octet == Octets.LineFeed ? Rejection.None : Rejection.ChunkLineEnd;
            default:
                return Rejection.ChunkSizeInvalid;
        }
    }

    private Rejection StepSize(byte octet)
    {
        int digit = Octets.HexValue(octet);
        if (digit >= 0)
        {
            if (++_sizeDigits > HeaderLimits.ChunkSizeDigitsMax || _remaining > long.MaxValue >> 4)
                return Rejection.ChunkSizeOverflow;
            _remaining = (_remaining << 4) | (uint)digit;
            return Rejection.None;
        }

        if (_sizeDigits == 0)
            return Rejection.ChunkSizeInvalid;
        if (octet == Octets.CarriageReturn)
            _expected = Expected.SizeLineFeed;
        else if (octet == ';')
            return StepExtension(octet);
        else
            return octet == Octets.LineFeed ? Rejection.ChunkLineEnd : Rejection.ChunkSizeInvalid;
        return Rejection.None;
    }

    // CVE-2025-55315: a bare LF here ends the line for some and not for others.
    private Rejection StepExtension(byte octet)
    {
        _expected = octet == Octets.CarriageReturn ? Expected.SizeLineFeed : Expected.Extension;
        if (octet == Octets.CarriageReturn)
            return Rejection.None;
        if (octet == Octets.Delete || (octet < Octets.Space && octet != Octets.Tab))
            return octet == Octets.LineFeed ? Rejection.ChunkLineEnd : Rejection.ChunkExtensionInvalid;
        return ++_extensionBytes > HeaderLimits.ChunkExtensionBytesMax
            ? Rejection.ChunkExtensionTooLong
            : Rejection.None;
    }
}
