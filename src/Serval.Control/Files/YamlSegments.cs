namespace Serval.Control.Files;

/// <summary>
/// Cuts a file at its document markers, so that one unreadable document leaves the others readable.
/// Nothing inside a document can look like a marker: <c>---</c> at the beginning of a line ends any
/// scalar (YAML 1.2.2 §9.1.2).
/// </summary>
internal static class YamlSegments
{
    /// <summary>Each segment with the number of its first line, from 1.</summary>
    public static IEnumerable<(string Text, int Line)> Split(string text)
    {
        int segmentStart = 0;
        int segmentLine = 1;
        bool isPrologue = true;
        int line = 1;
        for (int start = 0; start < text.Length; line++)
        {
            int end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            ReadOnlySpan<char> content = text.AsSpan(start, end - start).TrimEnd();
            if (IsMarker(content))
            {
                // Directives and comments before a marker belong to the document after it.
                if (!isPrologue)
                {
                    yield return (text[segmentStart..start], segmentLine);
                    segmentStart = start;
                    segmentLine = line;
                }
                isPrologue = false;
            }
            else if (!content.IsEmpty && content[0] is not ('#' or '%'))
            {
                isPrologue = false;
            }
            start = end;
        }
        if (segmentStart < text.Length)
            yield return (text[segmentStart..], segmentLine);
    }

    private static bool IsMarker(ReadOnlySpan<char> line) =>
        line.StartsWith("---", StringComparison.Ordinal) && (line.Length == 3 || line[3] is ' ' or '\t');
}
