using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Cluster;

/// <summary>
/// Every object that is delivered is taken by a real API server, which knows each of its fields.
/// </summary>
[Collection(KubeCollection.Name)]
public sealed class ApplyTests(KubeServer server)
{
    [KubeFact]
    public async Task Every_object_of_the_chart_is_accepted_whatever_the_values()
    {
        foreach (string file in Repository.Files("charts/serval", "*.yaml")
            .Where(file => file == "charts/serval/values.yaml"
                || file.StartsWith("charts/serval/ci/", StringComparison.Ordinal)))
            Assert.Empty(await RefusalsAsync(await ChartTool.ObjectsAsync("-f", Repository.PathOf(file))));
    }

    [KubeFact]
    public async Task Every_plain_manifest_is_accepted()
    {
        string[] files =
        [
            .. Repository.Files("deploy/kubernetes", "*.yaml"),
            .. Repository.Files("deploy/egress", "*.yaml"),
            .. Repository.Files("examples/gateway/k8s", "*.yaml"), .. Repository.Files("services", "*.yaml"),
            .. Repository.Files("cilium/policies", "*.yaml"), "cilium/load-balancer.yaml",
        ];
        IReadOnlyList<Manifest> objects = await ChartTool.ReadAsync(files);
        Assert.True(objects.Count > 50);
        Assert.Empty(await RefusalsAsync(objects));
    }

    [KubeFact]
    public async Task A_field_that_does_not_exist_is_refused()
    {
        foreach (string name in new[] { "DaemonSet serval-router", "PodDisruptionBudget serval-gateway" })
        {
            Manifest made = (await ChartTool.ObjectsAsync()).Single(made => made.ToString() == name);
            made.Node["spec"]!["selectr"] = new JsonObject();
            Assert.Contains("selectr", Assert.Single(await RefusalsAsync([made])), StringComparison.Ordinal);
        }
    }

    private async Task<List<string>> RefusalsAsync(IEnumerable<Manifest> objects)
    {
        Dictionary<string, ServedKind> kinds = new(ServedKind.BuiltIn, StringComparer.Ordinal);
        foreach (Definition definition in await Definition.ReadAsync())
        {
            kinds.Add(definition.Kind, new ServedKind(
                definition.Plural, definition.IsNamespaced, Definition: definition));
        }
        List<string> refusals = [];
        foreach (Manifest made in objects.OrderByDescending(made => made.Kind == "Namespace"))
        {
            ServedKind kind = kinds[made.Kind];
            JsonObject node = made.Node.DeepClone().AsObject();
            if (kind.Definition is { } own)
            {
                Assert.Equal(own.Written, made.ApiVersion);
                node["apiVersion"] = own.Served;
            }
            if (kind.As is { } other)
            {
                node["kind"] = other;
                CheckUpdateStrategy(node["spec"]!.AsObject());
            }
            if (await server.ApplyAsync(node, kind.Plural, kind.IsNamespaced, made.Namespace ?? "default")
                is { } refusal)
                refusals.Add(refusal);
        }
        return refusals;
    }

    private static void CheckUpdateStrategy(JsonObject spec)
    {
        if (spec.Remove("updateStrategy", out JsonNode? strategy))
        {
            Assert.All(strategy!.AsObject(), field =>
                Assert.Contains(field.Key, (string[])["type", "rollingUpdate"]));
        }
    }
}
