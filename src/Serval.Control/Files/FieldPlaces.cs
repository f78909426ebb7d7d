using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Serval.Control.Files;

/// <summary>
/// Where a field of an object stands in its file. Looked up when there is a finding to place; a file without
/// findings costs nothing.
/// </summary>
/// <remarks>Bound: the walk goes as deep as the path, and as far as the text.</remarks>
internal static class FieldPlaces
{
    // A list of objects is a mapping, a list and the object.
    private const int ObjectDepthMax = 2;

    /// <summary>
    /// <c>line:column</c> of the field, or of the innermost part of its path that is there; null where the
    /// object is not found.
    /// </summary>
    /// <param name="text">The file.</param>
    /// <param name="objectLine">Line on which the object begins.</param>
    /// <param name="path">Path of the field, such as <c>spec.rules[0].matches</c>.</param>
    public static string? Find(string text, int objectLine, string path)
    {
        (string Text, int Line) segment = YamlSegments.Split(text).LastOrDefault(
            part => part.Line <= objectLine);
        if (segment.Text is null)
            return null;
        int offset = segment.Line - 1;
        try
        {
            Parser parser = new(new StringReader(segment.Text));
            while (parser.MoveNext())
            {
                if (parser.Current is DocumentStart
                    && parser.MoveNext() && FindObject(parser, objectLine - offset, depth: 0))
                {
                    Mark mark = Walk(parser, [.. Steps(path)]);
                    return string.Create(
                        CultureInfo.InvariantCulture, $"{mark.Line + offset}:{mark.Column}");
                }
            }
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            // What can be said without a place is said without one.
        }
        return null;
    }

    // Leaves the parser before the mapping that begins on the line; else behind the node.
    private static bool FindObject(Parser parser, int line, int depth)
    {
        switch (parser.Current)
        {
            case MappingStart start when start.Start.Line == line:
                return true;
            case MappingStart when depth < ObjectDepthMax:
                parser.MoveNext();
                while (parser.Current is not MappingEnd)
                {
                    parser.SkipThisAndNestedEvents();
                    if (FindObject(parser, line, depth + 1))
                        return true;
                }
                parser.MoveNext();
                return false;
            case SequenceStart when depth < ObjectDepthMax:
                parser.MoveNext();
                while (parser.Current is not SequenceEnd)
                {
                    if (FindObject(parser, line, depth + 1))
                        return true;
                }
                parser.MoveNext();
                return false;
            default:
                parser.SkipThisAndNestedEvents();
                return false;
        }
    }

    private static Mark Walk(Parser parser, string[] steps)
    {
        Mark found = parser.Current!.Start;
        foreach (string step in steps)
        {
            Mark? next = parser.Current switch
            {
                MappingStart => EnterField(parser, step),
                SequenceStart => EnterItem(parser, step),
                _ => null,
            };
            if (next is null)
                break;
            found = next.Value;
        }
        return found;
    }

    // Leaves the parser at the value; null when there is no such field.
    private static Mark? EnterField(Parser parser, string name)
    {
        parser.MoveNext();
        while (parser.Current is not MappingEnd)
        {
            if (parser.Current is Scalar key && key.Value == name)
            {
                parser.MoveNext();
                return key.Start;
            }
            parser.SkipThisAndNestedEvents();
            parser.SkipThisAndNestedEvents();
        }
        return null;
    }

    private static Mark? EnterItem(Parser parser, string step)
    {
        if (!int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            return null;
        parser.MoveNext();
        for (int i = 0; parser.Current is not SequenceEnd; i++)
        {
            if (i == index)
                return parser.Current!.Start;
            parser.SkipThisAndNestedEvents();
        }
        return null;
    }

    // spec.rules[0].matches: spec, rules, 0, matches. A key in brackets may have dots.
    private static IEnumerable<string> Steps(string path)
    {
        int at = 0;
        while (at < path.Length)
        {
            bool isBracket = path[at] == '[';
            int end = isBracket ? path.IndexOf(']', at) : path.IndexOfAny(['.', '['], at);
            if (end < 0)
                end = path.Length;
            string step = path[(isBracket ? at + 1 : at)..end];
            if (step.Length > 0)
                yield return step;
            at = isBracket || (end < path.Length && path[end] == '.') ? end + 1 : end;
        }
    }
}
