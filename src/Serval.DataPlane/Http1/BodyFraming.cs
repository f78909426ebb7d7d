using System.Text;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Http1;

/// <summary>
/// Reads the fields that say how long a body is (RFC 9112 §6). One reading only: no lists, no signs, no
/// second occurrence, no coding but chunked, never both fields.
/// </summary>
internal struct BodyFraming()
{
    /// <summary>Content-Length; -1 when absent.</summary>
    public long ContentLength { get; private set; } = -1;

    /// <summary>Whether the body is chunked.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>Takes a Content-Length line.</summary>
    public Rejection ReadLength(ReadOnlySpan<byte> value)
    {
        if (ContentLength >= 0)
            return Rejection.ContentLengthDuplicate;
        if (value.Length is 0 or > HeaderLimits.ContentLengthDigitsMax)
            return Rejection.ContentLengthInvalid;
        long length = 0;
        foreach (byte octet in value)
        {
            uint digit = (uint)(octet - '0');
            if (digit > 9)
                return Rejection.ContentLengthInvalid;
            length = (length * 10) + digit;
        }

        ContentLength = length;
        return Rejection.None;
    }

    /// <summary>Takes a Transfer-Encoding line of a message of version 1.<paramref name="minor"/>.</summary>
    public Rejection ReadCoding(ReadOnlySpan<byte> value, int minor)
    {
        if (IsChunked)
            return Rejection.TransferEncodingDuplicate;
        if (minor == 0)
            return Rejection.TransferEncodingInHttp10;
        if (!Ascii.EqualsIgnoreCase(value, "chunked"u8))
            return ExplainCoding(value);
        IsChunked = true;
        return Rejection.None;
    }

    /// <summary>What the fields say together.</summary>
    public readonly Rejection Check() =>
        IsChunked && ContentLength >= 0 ? Rejection.LengthAndTransferEncoding : Rejection.None;

    // A name that merely resembles chunked is an attempt at confusion, not a coding that is missing here.
    private static Rejection ExplainCoding(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> chunked = "chunked"u8;
        for (int start = 0; start + chunked.Length <= value.Length; start++)
        {
            if (Ascii.EqualsIgnoreCase(value.Slice(start, chunked.Length), chunked))
                return Rejection.TransferEncodingInvalid;
        }

        return Octets.IsToken(value) ? Rejection.TransferCodingUnknown : Rejection.TransferEncodingInvalid;
    }
}
