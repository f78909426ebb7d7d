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
}
