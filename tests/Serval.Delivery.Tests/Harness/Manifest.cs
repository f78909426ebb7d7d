using System.Text.Json.Nodes;

namespace Serval.Delivery.Tests.Harness;

/// <summary>A Kubernetes object, as it was written.</summary>
internal sealed class Manifest(JsonObject node)
{
    private static readonly string[] Workloads = ["Deployment", "DaemonSet", "StatefulSet", "Job"];

    public JsonObject Node { get; } = node;

    public string ApiVersion => Text("apiVersion");

    public string Kind => Text("kind");

    public string Name => Text("metadata", "name");

    public string? Namespace => Node["metadata"]?["namespace"]?.GetValue<string>();

    /// <summary>The pod that it is or makes; null for what makes none.</summary>
    public JsonObject? PodSpec => Kind == "Pod"
        ? Node["spec"]!.AsObject()
        : Workloads.Contains(Kind) ? Node["spec"]!["template"]!["spec"]!.AsObject() : null;

    /// <summary>Containers of the pod, those that start before it included.</summary>
    public IEnumerable<JsonObject> Containers => PodSpec is { } pod
        ? new[] { "initContainers", "containers" }
            .SelectMany(list => pod[list]?.AsArray().Select(container => container!.AsObject()) ?? [])
        : [];

    /// <summary>The text of a field that must be there.</summary>
    public string Text(params string[] path) => At(path)?.GetValue<string>()
        ?? throw new InvalidOperationException(
            $"{string.Join('.', path)} is missing in {Node.ToJsonString()}");

    /// <summary>A field, or null.</summary>
    public JsonNode? At(params string[] path) =>
        path.Aggregate((JsonNode?)Node, (node, name) => node?[name]);

    public override string ToString() => $"{Kind} {Name}";
}
