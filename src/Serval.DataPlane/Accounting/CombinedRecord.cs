using System.Buffers.Text;
using Serval.DataPlane.Http;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Accounting;

/// <summary>
/// A record in the combined format: <c>client - - [time] "request line" status bytes "referer" "agent"</c>.
/// What the head says is rendered while it is here, as two pieces around status and bytes. Pure: values in,
/// bytes out.
/// </summary>
internal static class CombinedRecord
{
    private const int TargetBytesLogged = 1_000;
    private const int FieldBytesLogged = 256;

    /// <summary>Writes the pieces; returns the bytes of both, and of the first.</summary>
    public static int WriteRequest(
        Span<byte> destination, in SocketAddress client, bool hasQuery, RequestFields head,
        ReadOnlySpan<byte> text, bool isWhole, ReadOnlySpan<byte> date, out int split)
    {
        PlainLine line = new(destination);
        Span<byte> address = stackalloc byte[64];
        line.Raw(address[..client.FormatAddress(address)]);
        line.Raw(" - - ["u8);
        // Of an IMF-fixdate: Sat, 28 Nov 2026 13:00:00 GMT.
        line.Raw(date[5..7]);
        line.Raw("/"u8);
        line.Raw(date[8..11]);
        line.Raw("/"u8);
        line.Raw(date[12..16]);
        line.Raw(":"u8);
        line.Raw(date[17..25]);
        line.Raw(" +0000] \""u8);
        if (!text.IsEmpty && !head.MethodRange.IsEmpty)
        {
            line.Text(head.MethodRange.Of(text), HeaderLimits.MethodBytesMax);
            line.Raw(" "u8);
            bool isTargetRead = !(head.PathRange.IsEmpty && head.Authority.IsEmpty);
            if (isTargetRead) line.Text(head.Path(text), TargetBytesLogged);
            if (isTargetRead && hasQuery && head.HasQuery)
            {
                line.Raw("?"u8);
                line.Text(head.QueryRange.Of(text), TargetBytesLogged);
            }

            line.Raw(" "u8);
            line.Raw(JsonRecord.ProtocolOf(head));
        }

        line.Raw("\" "u8);
        split = line.Length;
        LoggedLines logged = isWhole ? LoggedLines.Of(head.Lines, text) : default;
        WriteQuoted(ref line, logged.Referer);
        WriteQuoted(ref line, logged.UserAgent);
        return line.Length;
    }

    /// <summary>Writes a whole line; returns its bytes.</summary>
    public static int WriteLine(
        Span<byte> destination, ReadOnlySpan<byte> request, int split, in RecordEnd end, long bytesSent)
    {
        PlainLine line = new(destination);
        line.Raw(request[..split]);
        line.Number(end.Status);
        line.Raw(" "u8);
        line.Number(bytesSent);
        line.Raw(request[split..]);
        line.Raw("\n"u8);
        return line.Length;
    }

    private static void WriteQuoted(ref PlainLine line, ReadOnlySpan<byte> value)
    {
        line.Raw(" \""u8);
        if (value.IsEmpty) line.Raw("-"u8);
        else line.Text(value, FieldBytesLogged);
        line.Raw("\""u8);
    }

    // Text without quotes of its own; what is not printable is written as \xHH, as others do.
    private ref struct PlainLine(Span<byte> destination)
    {
        private const int EscapeBytes = 4;
        private readonly Span<byte> _destination = destination;

        public int Length { get; private set; }

        public void Raw(scoped ReadOnlySpan<byte> bytes)
        {
            if (bytes.TryCopyTo(_destination[Length..])) Length += bytes.Length;
        }

        public void Number(long value)
        {
            if (Utf8Formatter.TryFormat(value, _destination[Length..], out int written)) Length += written;
        }

        public void Text(scoped ReadOnlySpan<byte> value, int most)
        {
            // What closes the line must fit behind it.
            const int closing = 2 * FieldBytesLogged;
            foreach (byte octet in value[..Math.Min(value.Length, most)])
            {
                if (_destination.Length - Length < EscapeBytes + closing) return;
                if (octet is >= 0x20 and < 0x7F and not (byte)'"' and not (byte)'\\')
                {
                    _destination[Length++] = octet;
                    continue;
                }

                Raw("\\x"u8);
                _destination[Length++] = "0123456789abcdef"u8[octet >> 4];
                _destination[Length++] = "0123456789abcdef"u8[octet & 0xF];
            }
        }
    }
}
