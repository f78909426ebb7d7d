using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Serval.Control.Files;

/// <summary>Reads a text that holds one YAML or JSON document, for whoever has no objects of Kubernetes to
/// read. The bounds are those of files: <see cref="Limits"/>.</summary>
public static class SingleDocument
{
    /// <summary>The document as JSON; false with the line and the reason when there is not exactly
    /// one.</summary>
    public static bool TryRead(byte[] bytes, [NotNullWhen(true)] out JsonNode? root, out string fault)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        root = null;
        List<DocumentException> faults = [];
        List<Document> documents = DocumentReader.Read(NameFor(bytes), bytes, faults.Add);
        if (faults.Count > 0)
        {
            fault = $"line {faults[0].Line}: {faults[0].Message}";
            return false;
        }
        JsonNode[] roots = [.. documents.Select(document => document.Root).OfType<JsonNode>()];
        fault = roots.Length == 0 ? "it is empty" : $"it holds {roots.Length} documents; one is expected";
        if (roots.Length != 1)
            return false;
        root = roots[0];
        return true;
    }

    // JSON that is not quite JSON could pass as YAML with another meaning.
    private static string NameFor(byte[] bytes) =>
        bytes.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..] ? "document.json" : "document.yaml";
}
