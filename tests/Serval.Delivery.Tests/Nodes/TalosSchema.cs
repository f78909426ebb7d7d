using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Nodes;

/// <summary>
/// Talos's published schema of one version, for patches: what a document requires is not asked for, because a
/// patch is merged into a document that has it.
/// </summary>
internal sealed class TalosSchema
{
    private readonly JsonObject _definitions;
    private readonly Dictionary<string, string> _byKind = new(StringComparer.Ordinal);

    private TalosSchema(JsonObject definitions)
    {
        _definitions = definitions;
        foreach ((string name, JsonNode? definition) in definitions)
        {
            foreach (JsonNode? kind in definition!["properties"]?["kind"]?["enum"]?.AsArray() ?? [])
                _byKind[kind!.GetValue<string>()] = name;
        }
    }

    /// <summary>Kinds of documents beside the one without a kind.</summary>
    public int Count => _byKind.Count;

    public static TalosSchema Read(string file)
    {
        string path = Path.Combine(Repository.Shared!, "schemas", file);
        JsonObject definitions = JsonNode.Parse(File.ReadAllText(path))!["$defs"]!.AsObject();
        foreach ((_, JsonNode? definition) in definitions)
            Relax(definition);
        return new TalosSchema(definitions);
    }

    /// <summary>What is wrong with a document of a patch.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(JsonNode document)
    {
        string? kind = document["kind"]?.GetValue<string>();
        string? definition = kind is null ? "v1alpha1.Config" : _byKind.GetValueOrDefault(kind);
        if (definition is null)
            return [$"there is no document of kind {kind}"];
        JsonObject patch = document.DeepClone().AsObject();
        if (patch.Remove("$patch", out JsonNode? directive) && directive!.GetValue<string>() != "delete")
            return [$"$patch: {directive.ToJsonString()} is not delete"];
        JsonObject schema = new()
        {
            ["$ref"] = $"#/$defs/{definition}",
            ["$defs"] = _definitions.DeepClone(),
        };
        IReadOnlyList<string> faults = await ChartTool.CheckAsync(schema, patch);
        return [.. faults.Select(fault => $"{kind ?? "v1alpha1"}: {fault}")];
    }

    private static void Relax(JsonNode? node)
    {
        if (node is JsonObject table)
        {
            if (table["required"] is JsonArray)
                table.Remove("required");
            foreach ((_, JsonNode? child) in table.ToArray())
                Relax(child);
        }
        else if (node is JsonArray list)
        {
            foreach (JsonNode? child in list)
                Relax(child);
        }
    }
}
