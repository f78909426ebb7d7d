using System.Text.Json.Nodes;

namespace Serval.Control.Files;

/// <summary>One object as it was written: its JSON form and the line that it begins on.</summary>
internal sealed record Document(JsonNode? Root, int Line, IReadOnlyDictionary<JsonNode, int> Lines)
{
    /// <summary>Line of a mapping near the root (a list's item), else of the document.</summary>
    public int LineOf(JsonNode node) => Lines.TryGetValue(node, out int line) ? line : Line;
}
