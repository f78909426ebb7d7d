using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Serval.Control.Files;

/// <summary>
/// YAML to JSON: plain scalars typed by the core schema, quoted ones strings, aliases expanded.
/// </summary>
/// <remarks>
/// Bound: depth, nodes and documents by <see cref="Limits"/>; foreign tags are refused.
/// </remarks>
internal sealed class YamlReader
{
    private readonly Dictionary<string, JsonNode?> _anchors = new(StringComparer.Ordinal);
    private readonly Dictionary<JsonNode, int> _lines = new(ReferenceEqualityComparer.Instance);
    private readonly Parser _parser;
    private readonly int _lineOffset;
    private int _nodeCount;

    private YamlReader(string text, int firstLine)
    {
        _parser = new Parser(new StringReader(text));
        _lineOffset = firstLine - 1;
    }

    /// <summary>Reads the documents of one segment of a file.</summary>
    /// <exception cref="DocumentException">It is not YAML, or exceeds a bound.</exception>
    public static List<Document> Read(string text, int firstLine)
    {
        YamlReader reader = new(text, firstLine);
        try
        {
            return reader.ReadStream();
        }
        catch (YamlException exception)
        {
            throw FindTab(text) is var line and > 0
                && exception.Message.Contains("tab", StringComparison.Ordinal)
                ? new DocumentException(
                    reader._lineOffset + line, "a tab indents this line; YAML takes spaces only")
                : new DocumentException(reader.Line(exception.Start), exception.Message);
        }
        catch (Exception exception) when (exception is not (DocumentException or OutOfMemoryException))
        {
            // At some malformed flow scalars the scanner breaks its own invariants and does not say why.
            int line = reader._parser.Current is { } current ? reader.Line(current.End) : firstLine;
            throw new DocumentException(
                line, "the text is not valid YAML from here on; check brackets and quotes");
        }
    }

    // The first line that a tab indents, from 1; 0 when there is none.
    private static int FindTab(string text)
    {
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            int end = line.IndexOfAnyExcept(' ', '\t');
            if (end > 0 && line[..end].Contains('\t') && line[end] != '#')
                return number;
        }
        return 0;
    }

    private List<Document> ReadStream()
    {
        List<Document> documents = [];
        _parser.Consume<StreamStart>();
        while (_parser.TryConsume<DocumentStart>(out _))
        {
            int line = Line(_parser.Current!.Start);
            _anchors.Clear();
            JsonNode? root = ReadNode(depth: 0);
            documents.Add(new Document(root, line, _lines));
            _parser.Consume<DocumentEnd>();
            if (documents.Count > Limits.DocumentsMax)
            {
                throw new DocumentException(line,
                    $"there are more than {Limits.DocumentsMax} documents; split the file");
            }
        }
        return documents;
    }

    private JsonNode? ReadNode(int depth)
    {
        ParsingEvent current = _parser.Current!;
        if (depth >= Limits.NodeDepthMax)
            throw Failure(current, $"values are nested more than {Limits.NodeDepthMax} deep");
        Count(current, 1);
        return current switch
        {
            AnchorAlias => ReadAlias(),
            Scalar => Anchored(_parser.Consume<Scalar>(), ReadScalar),
            MappingStart => Anchored(_parser.Consume<MappingStart>(), start => ReadMapping(start, depth)),
            SequenceStart => Anchored(_parser.Consume<SequenceStart>(), start => ReadSequence(start, depth)),
            _ => throw Failure(current, "a value is expected here"),
        };
    }

    private JsonNode? Anchored<TEvent>(TEvent start, Func<TEvent, JsonNode?> read) where TEvent : NodeEvent
    {
        JsonNode? node = read(start);
        // Registered when complete, so a node never contains itself.
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor.Value] = node;
        return node;
    }

    private JsonNode? ReadAlias()
    {
        AnchorAlias alias = _parser.Consume<AnchorAlias>();
        if (!_anchors.TryGetValue(alias.Value.Value, out JsonNode? node))
            throw Failure(alias, $"the anchor '{alias.Value.Value}' is not defined before this line");
        if (node is null)
            return null;
        // Counted before it is copied: aliases of aliases grow exponentially.
        Count(alias, Size(node));
        return node.DeepClone();
    }

    private JsonObject ReadMapping(MappingStart start, int depth)
    {
        CheckTag(start, start.Tag, "tag:yaml.org,2002:map");
        JsonObject mapping = [];
        List<JsonObject> merged = [];
        if (depth <= 2)
            _lines[mapping] = Line(start.Start);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out Scalar? key))
                throw Failure(_parser.Current!, "a key must be a plain or quoted string");
            CheckText(key);
            JsonNode? value = ReadNode(depth + 1);
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
            {
                if (merged.Count > 0)
                    throw Failure(key, "there are two merge keys (<<) in one mapping; give one a list");
                merged.AddRange(ToMerge(key, value));
                continue;
            }
            if (!mapping.TryAdd(key.Value, value))
                throw Failure(key, $"the key '{key.Value}' appears twice in one mapping");
        }
        Merge(mapping, merged);
        return mapping;
    }

    // YAML 1.1 merge keys, as kubectl reads them: what stands in the mapping itself counts, then what stands
    // in the first of the others (https://yaml.org/type/merge.html).
    private IEnumerable<JsonObject> ToMerge(Scalar key, JsonNode? value)
    {
        JsonNode?[] items = value is JsonArray list ? [.. list] : [value];
        return Array.TrueForAll(items, item => item is JsonObject)
            ? items.Cast<JsonObject>()
            : throw Failure(key, "a merge key (<<) takes a mapping or a list of mappings");
    }

    private static void Merge(JsonObject mapping, List<JsonObject> merged)
    {
        foreach (JsonObject other in merged)
        {
            foreach ((string name, JsonNode? value) in other.ToArray())
            {
                if (mapping.ContainsKey(name))
                    continue;
                other.Remove(name);
                mapping.Add(name, value);
            }
        }
    }

    private JsonArray ReadSequence(SequenceStart start, int depth)
    {
        CheckTag(start, start.Tag, "tag:yaml.org,2002:seq");
        JsonArray sequence = [];
        while (!_parser.TryConsume<SequenceEnd>(out _))
            sequence.Add(ReadNode(depth + 1));
        return sequence;
    }

    private JsonNode? ReadScalar(Scalar scalar)
    {
        CheckTag(scalar, scalar.Tag, "tag:yaml.org,2002:str");
        CheckText(scalar);
        bool isText = !scalar.Tag.IsEmpty || scalar.Style != ScalarStyle.Plain;
        try
        {
            return isText ? JsonValue.Create(scalar.Value) : YamlScalars.Resolve(scalar.Value);
        }
        catch (FormatException exception)
        {
            throw Failure(scalar, exception.Message);
        }
    }

    private void CheckTag(NodeEvent node, TagName tag, string expected)
    {
        // "!" is the non-specific tag: a scalar that carries it is a string (YAML 1.2.2 §6.9.1).
        if (!tag.IsEmpty && tag.Value is var name && name != expected && name != "!")
            throw Failure(node, $"the tag {name} is not supported here; leave it out");
    }

    // An escape can name half of a surrogate pair, which no UTF-8 output can carry.
    private void CheckText(Scalar scalar)
    {
        for (int i = 0; i < scalar.Value.Length; i++)
        {
            if (i + 1 < scalar.Value.Length && char.IsSurrogatePair(scalar.Value, i))
                i++;
            else if (char.IsSurrogate(scalar.Value[i]))
                throw Failure(scalar, "a string has half of a surrogate pair");
        }
    }

    private void Count(ParsingEvent at, int nodes)
    {
        _nodeCount += nodes;
        if (_nodeCount > Limits.NodesMax)
            throw Failure(at, $"there are more than {Limits.NodesMax} values, counting what aliases repeat");
    }

    private static int Size(JsonNode? node) => node switch
    {
        JsonObject mapping => 1 + mapping.Sum(pair => Size(pair.Value)),
        JsonArray sequence => 1 + sequence.Sum(Size),
        _ => 1,
    };

    private DocumentException Failure(ParsingEvent at, string message) => new(Line(at.Start), message);

    private int Line(Mark mark) => (int)mark.Line + _lineOffset;
}
