using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Nodes;

/// <summary>
/// The schema of Cilium's chart, made strict: it lets unknown names pass, here they are mistakes.
/// </summary>
internal sealed class CiliumSchema
{
    /// <summary>Names that the chart reads though its schema does not have them.</summary>
    private static readonly string[] Unnamed =
        ["loadBalancer.mode", "loadBalancer.dsrDispatch", "loadBalancer.algorithm"];

    private readonly JsonNode _schema;

    private CiliumSchema(JsonNode schema) => _schema = schema;

    public static CiliumSchema Read() => new(JsonNode.Parse(File.ReadAllText(
        Path.Combine(Repository.Shared!, "schemas", "cilium-values.schema.json")))!);

    public async Task<IReadOnlyList<string>> CheckAsync(JsonNode values) =>
        [.. await ChartTool.CheckAsync(_schema, values), .. UnknownNames(_schema, values, "")];

    private static IEnumerable<string> UnknownNames(JsonNode schema, JsonNode? values, string path)
    {
        // A table without named properties is free: the names are the user's.
        if (values is not JsonObject table || schema["properties"] is not JsonObject { Count: > 0 } known)
            yield break;
        foreach ((string name, JsonNode? value) in table)
        {
            string at = $"{path}{name}";
            if (known[name] is { } inner)
            {
                foreach (string fault in UnknownNames(inner, value, $"{at}."))
                    yield return fault;
            }
            else if (!Unnamed.Contains(at))
                yield return $"{at} is not a value of Cilium's chart";
        }
    }
}
