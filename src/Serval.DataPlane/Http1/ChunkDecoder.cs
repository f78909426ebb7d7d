using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

/// <summary>
/// Takes the chunks of a body apart as they arrive (RFC 9112 §7.1). Only CRLF ends a line, sizes are plain
/// hexadecimal, extensions follow their grammar, are bounded and skipped. Blittable; <c>default</c> is a
/// fresh one.
/// </summary>
internal struct ChunkDecoder
{
    private long _remaining;
    private int _sizeDigits;
    private int _extensionBytes;
    private Expected _expected;

    // chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS value ] ), RFC 9112 §7.1.1.
    private enum Expected : byte
    {
        Size,
        Semicolon,
        NameStart,
        Name,
        EqualsSign,
        ValueStart,
        Value,
        Quoted,
        QuotedPair,
        QuoteEnd,
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
            case >= Expected.Semicolon and <= Expected.QuoteEnd:
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
        {
            _expected = Expected.SizeLineFeed;
            return Rejection.None;
        }

        if (octet != ';' && !Octets.IsBlank(octet))
            return octet == Octets.LineFeed ? Rejection.ChunkLineEnd : Rejection.ChunkSizeInvalid;
        _expected = Expected.Semicolon;
        return StepExtension(octet);
    }

    private Rejection StepExtension(byte octet)
    {
        if (octet == Octets.CarriageReturn)
        {
            bool isWhole = _expected is Expected.Name or Expected.Value or Expected.QuoteEnd;
            _expected = Expected.SizeLineFeed;
            return isWhole ? Rejection.None : Rejection.ChunkExtensionInvalid;
        }

        // CVE-2025-55315: a bare LF here ends the line for some and not for others.
        if (octet == Octets.LineFeed)
            return Rejection.ChunkLineEnd;
        if (++_extensionBytes > HeaderLimits.ChunkExtensionBytesMax)
            return Rejection.ChunkExtensionTooLong;
        _expected = FollowExtension(_expected, octet);
        return _expected == Expected.Nothing ? Rejection.ChunkExtensionInvalid : Rejection.None;
    }

    // What an octet of an extension leads to; Nothing when it does not belong there.
    private static Expected FollowExtension(Expected expected, byte octet)
    {
        bool isBlank = Octets.IsBlank(octet);
        switch (expected)
        {
            case Expected.Quoted when octet == '"':
                return Expected.QuoteEnd;
            case Expected.Quoted when octet == '\\':
                return Expected.QuotedPair;
            case Expected.Quoted or Expected.QuotedPair:
                bool isText = isBlank || (octet > Octets.Space && octet != Octets.Delete);
                return isText ? Expected.Quoted : Expected.Nothing;
            case Expected.NameStart or Expected.ValueStart when isBlank:
                return expected;
            case Expected.NameStart or Expected.Name when Octets.Token.Contains(octet):
                return Expected.Name;
            case Expected.ValueStart when octet == '"':
                return Expected.Quoted;
            case Expected.ValueStart or Expected.Value when Octets.Token.Contains(octet):
                return Expected.Value;
            case Expected.NameStart or Expected.ValueStart:
                return Expected.Nothing;
            case Expected.Name or Expected.EqualsSign when octet == '=':
                return Expected.ValueStart;
            case Expected.Name or Expected.EqualsSign when isBlank:
                return Expected.EqualsSign;
            default:
                return octet == ';' ? Expected.NameStart : isBlank ? Expected.Semicolon : Expected.Nothing;
        }
    }
}
