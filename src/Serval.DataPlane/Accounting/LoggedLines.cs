using System.Text;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Accounting;

/// <summary>Header lines of a request that its record repeats; empty for those that did not come.</summary>
internal readonly ref struct LoggedLines
{
    // traceparent: version, trace id, parent id, flags (W3C Trace Context §3.2).
    private const int TraceParentBytes = 55;
    private const int TraceIdStart = 3;
    private const int TraceIdBytes = 32;

    public ReadOnlySpan<byte> UserAgent { get; private init; }

    public ReadOnlySpan<byte> Referer { get; private init; }

    public ReadOnlySpan<byte> TraceId { get; private init; }

    /// <summary>Finds them.</summary>
    public static LoggedLines Of(FieldLines lines, ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> agent = default;
        ReadOnlySpan<byte> referer = default;
        ReadOnlySpan<byte> trace = default;
        foreach (ref readonly HeaderField field in lines.Fields)
        {
            ReadOnlySpan<byte> name = field.Name(text);
            switch (name.Length)
            {
                case 7 when Ascii.EqualsIgnoreCase(name, "referer"u8):
                    referer = field.Value(text);
                    break;
                case 10 when Ascii.EqualsIgnoreCase(name, "user-agent"u8):
                    agent = field.Value(text);
                    break;
                case 11 when Ascii.EqualsIgnoreCase(name, "traceparent"u8):
                    trace = TraceIdOf(field.Value(text));
                    break;
                default:
                    break;
            }
        }

        return new LoggedLines { UserAgent = agent, Referer = referer, TraceId = trace };
    }

    private static ReadOnlySpan<byte> TraceIdOf(ReadOnlySpan<byte> value)
    {
        if (value.Length != TraceParentBytes || value[TraceIdStart - 1] != '-'
            || value[TraceIdStart + TraceIdBytes] != '-')
            return default;
        ReadOnlySpan<byte> id = value.Slice(TraceIdStart, TraceIdBytes);
        foreach (byte octet in id)
        {
            if (Octets.HexValue(octet) < 0) return default;
        }

        return id;
    }
}
