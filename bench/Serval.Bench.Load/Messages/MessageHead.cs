using System.Buffers.Text;
using System.Text;

namespace Serval.Bench.Load.Messages;

/// <summary>What the generator needs of a request's or a response's head.</summary>
/// <remarks>
/// Only as much HTTP/1.1 as the generator and its origin speak themselves: a proxy that re-frames a body of
/// known length as chunked is reported as malformed, because it was asked for something else.
/// </remarks>
internal ref struct MessageHead
{
    /// <summary>Status line or request line, without its line end.</summary>
    public ReadOnlySpan<byte> StartLine;

    /// <summary>Bytes of the head with the empty line.</summary>
    public int Length;

    /// <summary>Content-Length, or -1.</summary>
    public long ContentLength;

    /// <summary>
    /// X-Bench-Id, which the origin repeats, so a response to somebody else's request is noticed.
    /// </summary>
    public uint Id;

    public ForwardedHeaders Forwarded;

    public static HeadOutcome Read(ReadOnlySpan<byte> bytes, out MessageHead head)
    {
        head = new MessageHead { ContentLength = -1 };
        ReadOnlySpan<byte> rest = bytes;
        while (true)
        {
            int end = rest.IndexOf((byte)'\n');
            if (end < 0)
            {
                return HeadOutcome.Incomplete;
            }

            if (end == 0 || rest[end - 1] != '\r')
            {
                return HeadOutcome.Malformed;
            }

            ReadOnlySpan<byte> line = rest[..(end - 1)];
            rest = rest[(end + 1)..];
            if (line.IsEmpty)
            {
                head.Length = bytes.Length - rest.Length;
                return head.StartLine.IsEmpty ? HeadOutcome.Malformed : HeadOutcome.Complete;
            }

            if (head.StartLine.IsEmpty)
            {
                head.StartLine = line;
            }
            else if (!head.TryField(line))
            {
                return HeadOutcome.Malformed;
            }
        }
    }

    /// <summary>The status code of a response; 0 when the start line is not a status line.</summary>
    public readonly int Status =>
        StartLine.StartsWith("HTTP/1.1 "u8)
        && Utf8Parser.TryParse(StartLine[9..], out int status, out int digits) && digits == 3 ? status : 0;

    /// <summary>
    /// What a request's path, <c>/b/DOWN/UP</c>, says: the body size asked for and the size of the body sent.
    /// </summary>
    public readonly bool TryReadSizes(out long down, out long up)
    {
        down = up = 0;
        int path = StartLine.IndexOf(" /b/"u8);
        if (path < 0 || !Utf8Parser.TryParse(StartLine[(path + 4)..], out down, out int digits))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = StartLine[(path + 4 + digits)..];
        return rest.StartsWith("/"u8) && Utf8Parser.TryParse(rest[1..], out up, out _);
    }

    private bool TryField(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> name = line[..colon];
        ReadOnlySpan<byte> value = line[(colon + 1)..].Trim((byte)' ');
        switch (colon)
        {
            case 14 when Is(name, "content-length"u8):
                return Utf8Parser.TryParse(value, out ContentLength, out int digits)
                    && digits == value.Length;
            case 10 when Is(name, "x-bench-id"u8):
                return Utf8Parser.TryParse(value, out Id, out int hex, 'x') && hex == value.Length;
            case 17 when Is(name, "transfer-encoding"u8):
                return false;
            case 15 when Is(name, "x-forwarded-for"u8):
                Forwarded |= ForwardedHeaders.For;
                return true;
            case 17 when Is(name, "x-forwarded-proto"u8):
                Forwarded |= ForwardedHeaders.Proto;
                return true;
            case 16 when Is(name, "x-forwarded-host"u8):
                Forwarded |= ForwardedHeaders.Host;
                return true;
            case 12 when Is(name, "x-request-id"u8):
            case 3 when Is(name, "via"u8):
                Forwarded |= ForwardedHeaders.RequestId;
                return true;
            default:
                return true;
        }
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lowercase) =>
        Ascii.EqualsIgnoreCase(name, lowercase);
}
