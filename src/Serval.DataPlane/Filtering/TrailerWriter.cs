using Serval.DataPlane.Parsing;

namespace Serval.DataPlane.Filtering;

/// <summary>Writes the trailers that go on.</summary>
internal static class TrailerWriter
{
    /// <summary>
    /// Writes the lines that may trail and that no filter names, and the closing empty line; -1 when they do
    /// not fit. <paramref name="input"/> is what <paramref name="section"/> was parsed from.
    /// </summary>
    public static int Write(
        TrailerSection section, ReadOnlySpan<byte> input, in TrailerFilter filter, Span<byte> output)
    {
        HeadBuffer buffer = new(output);
        foreach (ref readonly HeaderField field in section.Fields)
        {
            if (field.IsDropped || !filter.Passes(field.Name(input)))
                continue;
            buffer.Add(field.Name(input));
            buffer.AddLine(": "u8, field.Value(input));
        }

        buffer.Add("\r\n"u8);
        return buffer.Result(output.Length);
    }
}
