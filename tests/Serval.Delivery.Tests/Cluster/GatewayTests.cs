using System.Net;
using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Cluster;

/// <summary>
/// The published gateway, under exactly the service account and roles of the chart, on a real API server,
/// with a published router.
/// </summary>
[Collection(KubeCollection.Name)]
public sealed class GatewayTests(KubeServer server) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("serval-gateway-").FullName;

    [GatewayFact]
    public async Task With_the_roles_of_the_chart_a_Gateway_is_programmed_and_carries_requests()
    {
        await ChartRoles.GrantAsync(server);
        int port = Ports.Free();
        using RunningRole router = StartRouter();
        using RunningRole gateway = StartGateway(await AdminOfAsync(router));
        _ = await gateway.FindAsync("(leads from now on)");
        await ApplyAsync(port, "programmed");
        using HttpClient client = new(new HttpClientHandler { AllowAutoRedirect = false });
        await UntilAsync(async () => await AnswersAsync(client, port) == HttpStatusCode.Found);
        await UntilAsync(async () => IsProgrammed(await ReadAsync("gateways/programmed")));
        JsonNode route = await ReadAsync("httproutes/programmed");
        Assert.Equal("True", ConditionOf(route["status"]!["parents"]![0]!, "Accepted"));
        Assert.DoesNotContain("orbidden", gateway.Log, StringComparison.Ordinal);
        gateway.Terminate();
        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    [GatewayTheory]
    [InlineData("services", "Watching Service failed.*orbidden()")]
    [InlineData("endpointslices", "Watching EndpointSlice failed.*orbidden()")]
    [InlineData("namespaces", "Watching Namespace failed.*orbidden()")]
    [InlineData("gateways", "Watching Gateway failed.*orbidden()")]
    [InlineData("gatewayclasses", "Watching GatewayClass failed.*orbidden()")]
    [InlineData("listenersets", "Watching ListenerSet failed.*orbidden()")]
    [InlineData("referencegrants", "Watching ReferenceGrant failed.*orbidden()")]
    [InlineData("httproutes", "Watching HTTPRoute failed.*orbidden()")]
    [InlineData("gateways/status", "status of Gateway .*could not be written.*orbidden()")]
    [InlineData("leases", "lease could not be read or written.*orbidden()")]
    public async Task Without_one_right_the_gateway_says_what_is_forbidden(string resource, string pattern)
    {
        await ChartRoles.GrantAsync(server, resource);
        using RunningRole router = StartRouter();
        using RunningRole gateway = StartGateway(await AdminOfAsync(router));
        await ApplyAsync(Ports.Free(), "refused");
        _ = await gateway.FindAsync(pattern);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        while (!await isSo())
            await Task.Delay(50, limit.Token);
    }

    private static async Task<HttpStatusCode?> AnswersAsync(HttpClient client, int port)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/"));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null; // The listener is not open yet.
        }
    }

    private static bool IsProgrammed(JsonNode gateway) =>
        gateway["status"] is { } status && ConditionOf(status, "Programmed") == "True";

    private static string? ConditionOf(JsonNode status, string type) => status["conditions"]?.AsArray()
        .SingleOrDefault(condition => condition!["type"]!.GetValue<string>() == type)?["status"]!
        .GetValue<string>();

    private static Task<string> AdminOfAsync(RunningRole role) => role.FindAsync(@"admin API on (\S+)");

    private RunningRole StartRouter() => RunningRole.Start(
        RunningRole.Program, "router", "--admin-port=0", "--workers=1", "--state-dir", _folder);

    private RunningRole StartGateway(string router) => RunningRole.Start(
        RunningRole.Program, "gateway", "--kubeconfig", server.Kubeconfig(KubeServer.Gateway),
        $"--data-plane-url={router}", "--admin-port=0", "--lease-namespace=serval-system",
        "--lease-name=serval-gateway", "--lease-duration=5s");

    private async Task<JsonNode> ReadAsync(string path) => JsonNode.Parse((await server.SendAsync(
        HttpMethod.Get, $"/apis/gateway.networking.k8s.io/v1/namespaces/serval-system/{path}")).Text)!;

    private Task ApplyAsync(int port, string name) => Redirect.ApplyAsync(server, _folder, port, name);
}
