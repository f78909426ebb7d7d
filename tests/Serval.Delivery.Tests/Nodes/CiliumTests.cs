using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Nodes;

public sealed class CiliumTests
{
    [ToolFact(ChartTool.Builder, Missing.Shared)]
    public async Task The_values_are_values_of_the_chart() =>
        Assert.Empty(await CiliumSchema.Read().CheckAsync(await ValuesAsync()));

    [ToolTheory(ChartTool.Builder, Missing.Shared)]
    [InlineData("""{"hostFirewal": {"enabled": true}}""")]
    [InlineData("""{"hostFirewall": {"enable": true}}""")]
    [InlineData("""{"loadBalancer": {"acceleraton": "native"}}""")]
    [InlineData("""{"clustermesh": {"apiserver": {"tls": {"auth": "cluster"}}}}""")]
    [InlineData("""{"cluster": {"id": "one"}}""")]
    public async Task A_planted_mistake_is_found(string values) =>
        Assert.NotEmpty(await CiliumSchema.Read().CheckAsync(JsonNode.Parse(values)!));

    [ToolFact(ChartTool.Builder)]
    public async Task A_lost_PoP_is_forgotten_and_the_host_is_encrypted_and_nobody_else_is_a_gateway()
    {
        JsonNode values = await ValuesAsync();
        Assert.Equal("5m", values["clustermesh"]!["cacheTTL"]!.GetValue<string>());
        foreach (string path in new[]
        {
            "clustermesh.enableEndpointSliceSynchronization", "encryption.nodeEncryption",
            "hostFirewall.enabled", "kubeProxyReplacement", "nodeSelectorLabels", "hubble.enabled",
        })
            Assert.True(At(values, path), path);
        foreach (string path in new[]
        {
            "gatewayAPI.enabled", "ingressController.enabled", "envoy.enabled", "egressGateway.enabled",
        })
            Assert.False(At(values, path), path);
    }

    private static bool At(JsonNode values, string path) =>
        path.Split('.').Aggregate(values, (node, name) => node[name]!).GetValue<bool>();

    private static async Task<JsonNode> ValuesAsync() =>
        (await ChartTool.DocumentsAsync("cilium/values.yaml")).Single();
}
