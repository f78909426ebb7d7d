using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Nodes;

public sealed class TalosTests
{
    private const string Old = "talos-v1.13.9.json";
    private const string New = "talos-v1.14.0-rc.1.json";

    [ToolTheory(ChartTool.Builder, Missing.Shared)]
    [InlineData("talos/1.13", Old)]
    [InlineData("talos/1.14", New)]
    public async Task Every_patch_is_of_its_version(string folder, string schemaFile)
    {
        TalosSchema schema = TalosSchema.Read(schemaFile);
        Assert.True(schema.Count > 30);
        string[] files = [.. Repository.Files(folder, "*.yaml")];
        Assert.Equal(
            ["all.yaml", "control-plane.yaml", "edge-vpp.yaml", "edge.yaml"], files.Select(Path.GetFileName));
        Assert.Empty(await FaultsAsync(schema, files));
    }

    [ToolTheory(ChartTool.Builder, Missing.Shared)]
    [InlineData(Old)]
    [InlineData(New)]
    public async Task The_firewall_and_the_seccomp_profile_are_of_both_versions(string schemaFile) =>
        Assert.Empty(await FaultsAsync(TalosSchema.Read(schemaFile),
            ["talos/firewall-edge.yaml", "talos/firewall-control-plane.yaml", "talos/seccomp-edge.yaml"]));

    [ToolTheory(ChartTool.Builder, Missing.Shared)]
    [InlineData(Old, """{"machine": {"nodeLabls": {}}}""")]
    [InlineData(Old, """{"machine": {"kubelet": {"defaultRuntimeSeccompProfile": true}}}""")]
    [InlineData(Old, """{"kind": "SysctlConfig", "apiVersion": "v1alpha1"}""")]
    [InlineData(Old, """{"kind": "NetworkRuleConfig", "portSelector": {"ports": [80], "protocol": "tpc"}}""")]
    [InlineData(New, """{"machine": {"sysctls": {}}}""")]
    [InlineData(New, """{"kind": "SysctlConfig", "params": {"a": 1}}""")]
    [InlineData(New, """{"kind": "KubeNodeConfig", "lables": {}}""")]
    [InlineData(New, """{"kind": "KubeFlannelCNIConfig", "$patch": "replace"}""")]
    public async Task A_planted_mistake_is_found(string schemaFile, string document) =>
        Assert.NotEmpty(await TalosSchema.Read(schemaFile).CheckAsync(JsonNode.Parse(document)!));

    [ToolFact(ChartTool.Builder)]
    public async Task Both_versions_say_the_same_of_an_edge_node()
    {
        JsonNode old = (await ChartTool.DocumentsAsync("talos/1.13/edge.yaml")).Single();
        IReadOnlyList<JsonNode> documents = await ChartTool.DocumentsAsync("talos/1.14/edge.yaml");
        JsonNode New(string kind) =>
            documents.Single(document => document["kind"]!.GetValue<string>() == kind);
        AssertSame(old["machine"]!["sysctls"], New("SysctlConfig")["params"]);
        AssertSame(old["machine"]!["nodeLabels"], New("KubeNodeConfig")["labels"]);
        AssertSame(
            old["machine"]!["baseRuntimeSpecOverrides"], New("CRIBaseRuntimeSpecConfig")["overrides"]);
        JsonNode taint = old["machine"]!["kubelet"]!["extraConfig"]!["registerWithTaints"]![0]!;
        Assert.Equal(
            New("KubeNodeConfig")["taints"]![taint["key"]!.GetValue<string>()]!.GetValue<string>(),
            $"{taint["value"]}:{taint["effect"]}");
    }

    [ToolFact(ChartTool.Builder)]
    public async Task The_chart_and_the_nodes_agree_on_labels_taints_and_the_profile()
    {
        JsonNode node = (await ChartTool.DocumentsAsync("talos/1.13/edge.yaml")).Single()["machine"]!;
        JsonNode values = (await ChartTool.DocumentsAsync("charts/serval/values.yaml")).Single();
        string role = values["router"]!["nodeSelector"]!["serval.dev/role"]!.GetValue<string>();
        Assert.Equal(role, node["nodeLabels"]!["serval.dev/role"]!.GetValue<string>());
        Assert.Equal(
            values["router"]!["tolerations"]![0]!["key"]!.GetValue<string>(),
            node["kubelet"]!["extraConfig"]!["registerWithTaints"]![0]!["key"]!.GetValue<string>());
        Assert.Equal("80", node["sysctls"]!["net.ipv4.ip_unprivileged_port_start"]!.GetValue<string>());
        JsonNode profile = (await ChartTool.DocumentsAsync("talos/seccomp-edge.yaml")).Single();
        Assert.Equal(
            values["router"]!["seccompProfile"]!["localhostProfile"]!.GetValue<string>(),
            $"profiles/{profile["machine"]!["seccompProfiles"]![0]!["name"]}");
    }

    private static void AssertSame(JsonNode? one, JsonNode? other)
    {
        Assert.NotNull(one);
        Assert.True(JsonNode.DeepEquals(one, other), $"{one} is not {other}");
    }

    private static async Task<List<string>> FaultsAsync(TalosSchema schema, IEnumerable<string> files)
    {
        List<string> faults = [];
        foreach (string file in files)
        {
            foreach (JsonNode document in await ChartTool.DocumentsAsync(file))
                faults.AddRange((await schema.CheckAsync(document)).Select(fault => $"{file}: {fault}"));
        }
        return faults;
    }
}
