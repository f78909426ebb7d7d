using System.Text.Json.Nodes;

namespace Serval.Delivery.Tests.Harness;

/// <summary>
/// Reads charts, YAML and schemas with the libraries of Kubernetes' own tools: tests/chart-tool.
/// </summary>
internal static class ChartTool
{
    /// <summary>The program that it is built with.</summary>
    public const string Builder = "go";

    private static readonly Lazy<Task<string>> Program = new(async () =>
        (await Command.RunAsync(Repository.PathOf("scripts/build-chart-tool.sh"))).Good.Trim());

    /// <summary>Renders charts/serval for release "serval" in namespace serval-system.</summary>
    public static async Task<Answer> TemplateAsync(params IEnumerable<string> options) =>
        await Command.RunAsync(
            await Program.Value,
            ["template", "serval", Repository.PathOf("charts/serval"), "-n", "serval-system", .. options]);

    /// <summary>The objects that the chart makes of these options.</summary>
    public static async Task<IReadOnlyList<Manifest>> ObjectsAsync(params IEnumerable<string> options)
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, (await TemplateAsync(options)).Good);
            return await ReadAsync(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Every object of YAML files; paths are relative to the repository.</summary>
    public static async Task<IReadOnlyList<Manifest>> ReadAsync(params IEnumerable<string> paths) =>
        [.. (await DocumentsAsync(paths)).Select(node => new Manifest(node.AsObject()))];

    /// <summary>Every document of YAML files.</summary>
    public static async Task<IReadOnlyList<JsonNode>> DocumentsAsync(params IEnumerable<string> paths)
    {
        Answer answer = await Command.RunAsync(
            await Program.Value, ["json", .. paths.Select(Repository.PathOf)]);
        return [.. JsonNode.Parse(answer.Good)!.AsArray().Select(node => node!)];
    }

    /// <summary>What a JSON schema finds wrong with a document, a line each.</summary>
    public static async Task<IReadOnlyList<string>> CheckAsync(JsonNode schema, JsonNode document)
    {
        JsonObject task = new() { ["schema"] = schema.DeepClone(), ["document"] = document.DeepClone() };
        Answer answer = await Command.RunAsync(
            await Program.Value, ["check"], task.ToJsonString(), environment: null);
        return answer.Good.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
