using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Cluster;

/// <summary>
/// A kind of definitions.yaml, as the CustomResourceDefinition that the API server is given.
/// </summary>
internal sealed class Definition(JsonObject entry)
{
    private const string File = "tests/Serval.Delivery.Tests/Cluster/definitions.yaml";

    public string Kind => Text("kind");

    public string Plural => Text("plural");

    public string Group => Text("group");

    /// <summary>The version that manifests name.</summary>
    public string Written => entry["standsFor"]?.GetValue<string>() ?? Served;

    /// <summary>The version that the API server has.</summary>
    public string Served => $"{Group}/{Text("version")}";

    public bool IsNamespaced => Text("scope") == "Namespaced";

    public static async Task<IReadOnlyList<Definition>> ReadAsync() =>
        [.. (await ChartTool.DocumentsAsync(File)).Single().AsArray()
            .Select(entry => new Definition(entry!.AsObject()))];

    /// <summary>The object to apply; it refuses every field that it does not name.</summary>
    public JsonObject ToObject() => new()
    {
        ["apiVersion"] = "apiextensions.k8s.io/v1",
        ["kind"] = "CustomResourceDefinition",
        ["metadata"] = new JsonObject
        {
            ["name"] = $"{Plural}.{Group}",
            // Groups of Kubernetes itself ask for it.
            ["annotations"] = new JsonObject { ["api-approved.kubernetes.io"] = "unapproved, for tests" },
        },
        ["spec"] = new JsonObject
        {
            ["group"] = Group,
            ["scope"] = Text("scope"),
            ["names"] = new JsonObject
            {
                ["kind"] = Kind,
                ["plural"] = Plural,
                ["singular"] = Kind.ToLowerInvariant(),
                ["listKind"] = $"{Kind}List",
            },
            ["versions"] = new JsonArray(new JsonObject
            {
                ["name"] = Text("version"),
                ["served"] = true,
                ["storage"] = true,
                ["schema"] = new JsonObject
                {
                    ["openAPIV3Schema"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["properties"] = new JsonObject { ["spec"] = Schema(entry["spec"]!) },
                    },
                },
            }),
        },
    };

    private static JsonObject Schema(JsonNode form) => form switch
    {
        JsonArray list => new JsonObject { ["type"] = "array", ["items"] = Schema(list[0]!) },
        JsonObject table when table["*"] is { } values => new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = Schema(values),
        },
        JsonObject table => new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(
                table.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)Schema(field.Value!)))),
        },
        _ => form.GetValue<string>() switch
        {
            "s" => new JsonObject { ["type"] = "string" },
            "i" => new JsonObject { ["type"] = "integer" },
            "b" => new JsonObject { ["type"] = "boolean" },
            _ => new JsonObject { ["x-kubernetes-int-or-string"] = true },
        },
    };

    private string Text(string name) => entry[name]!.GetValue<string>();
}
