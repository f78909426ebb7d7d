using Serval.DataPlane.Http;

namespace Serval.DataPlane.Filtering;

/// <summary>Passes the header lines on that go on, neighbours in one piece where that is possible.</summary>
internal static class HeaderRuns
{
    /// <summary>Passes on what is end-to-end and survives the edits.</summary>
    public static void Write<TEncoder>(
        ref TEncoder encoder, ReadOnlySpan<byte> text, FieldLines lines, scoped in EditSequence edits)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        if (TEncoder.CopiesRuns && !lines.IsRespelled)
            Copy(ref encoder, text, lines, edits);
        else
            Spell(ref encoder, text, lines.Fields, edits);
    }

    private static void Copy<TEncoder>(
        ref TEncoder encoder, ReadOnlySpan<byte> text, FieldLines lines, scoped in EditSequence edits)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        const int none = -1;
        int start = none;
        foreach (ref readonly HeaderField field in lines.Fields)
        {
            if (!field.IsDropped && edits.Keeps(field.Name(text)))
            {
                if (start == none)
                    start = field.NameStart;
            }
            else if (start != none)
            {
                encoder.Run(text[start..field.NameStart]);
                start = none;
            }
        }

        if (start != none)
            encoder.Run(text[start..lines.End]);
    }

    // Line by line, for heads whose lines cannot be copied as they came (RFC 9112 §5.1).
    private static void Spell<TEncoder>(
        ref TEncoder encoder, ReadOnlySpan<byte> text, ReadOnlySpan<HeaderField> fields,
        scoped in EditSequence edits)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        foreach (ref readonly HeaderField field in fields)
        {
            if (!field.IsDropped && edits.Keeps(field.Name(text)))
                encoder.Field(field.Name(text), field.Value(text));
        }
    }
}
