using System.Text;
using Serval.DataPlane.Http;

namespace Serval.DataPlane.Accounting;

/// <summary>Header lines of a request that its record repeats; empty for those that did not come.</summary>
internal readonly ref struct LoggedLines
{
    public ReadOnlySpan<byte> UserAgent { get; private init; }

    public ReadOnlySpan<byte> Referer { get; private init; }

    /// <summary>Finds them.</summary>
    public static LoggedLines Of(FieldLines lines, ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> agent = default;
        ReadOnlySpan<byte> referer = default;
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
                default:
                    break;
            }
        }

        return new LoggedLines { UserAgent = agent, Referer = referer };
    }
}
