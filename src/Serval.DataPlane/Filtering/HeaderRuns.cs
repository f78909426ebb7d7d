using Serval.DataPlane.Parsing;

namespace Serval.DataPlane.Filtering;

/// <summary>Copies the header lines that go on, neighbours in one piece.</summary>
internal static class HeaderRuns
{
    /// <summary>
    /// Copies what is end-to-end and survives the edits. <paramref name="end"/> is the offset of the empty
    /// line that ends the head.
    /// </summary>
    public static void Copy(
        ref HeadBuffer buffer,
        ReadOnlySpan<byte> input,
        ReadOnlySpan<HeaderField> fields,
        int end,
        scoped in EditSequence edits)
    {
        const int none = -1;
        int start = none;
        foreach (ref readonly HeaderField field in fields)
        {
            if (!field.IsDropped && edits.Keeps(field.Name(input)))
            {
                if (start == none)
                    start = field.NameStart;
            }
            else if (start != none)
            {
                buffer.Add(input[start..field.NameStart]);
                start = none;
            }
        }

        if (start != none)
            buffer.Add(input[start..end]);
    }

    /// <summary>
    /// The same line by line, for heads whose lines cannot be copied as they came (RFC 9112 §5.1).
    /// </summary>
    public static void Respell(
        ref HeadBuffer buffer,
        ReadOnlySpan<byte> input,
        ReadOnlySpan<HeaderField> fields,
        scoped in EditSequence edits)
    {
        foreach (ref readonly HeaderField field in fields)
        {
            if (field.IsDropped || !edits.Keeps(field.Name(input)))
                continue;
            buffer.Add(field.Name(input));
            buffer.AddLine(": "u8, field.Value(input));
        }
    }
}
