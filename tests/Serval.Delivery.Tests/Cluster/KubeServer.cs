using System.Net;
using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Cluster;

/// <summary>
/// A real API server that asks its roles, with the kinds of the Gateway API and those of definitions.yaml.
/// </summary>
public sealed class KubeServer : IAsyncLifetime
{
    /// <summary>The token of the chart's gateway.</summary>
    public const string Gateway = "token-of-the-gateway";

    private ApiServer? _server;

    /// <summary>Why the tests are skipped; null where the API server is.</summary>
    public static string? Missing => Harness.Missing.Of([ChartTool.Builder])
        ?? KubernetesAssets.Missing
        ?? (Definitions.AreReal ? null : "there is no folder shared/gateway-api beside the repository");

    public async Task InitializeAsync()
    {
        if (Missing is not null)
            return;
        _server = await ApiServer.StartAsync(checksRoles: true, tokens:
            (Gateway, "system:serviceaccount:serval-system:serval-gateway", "system:serviceaccounts"));
        IReadOnlyList<Definition> own = await Definition.ReadAsync();
        foreach (Definition definition in own)
        {
            Assert.Null(await ApplyAsync(
                definition.ToObject(), "customresourcedefinitions", isNamespaced: false, space: ""));
        }
        foreach (Definition definition in own)
        {
            await Deadline.UntilAsync(
                async () => (await SendAsync(
                    HttpMethod.Get, $"/apis/{definition.Served}/{definition.Plural}")).Status,
                status => status == HttpStatusCode.OK);
        }
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>The path of a kubeconfig of whoever has this token.</summary>
    internal string Kubeconfig(string token) =>
        _server!.WriteKubeconfig(address: null, user: $"    token: {token}");

    /// <summary>Applies an object server-side; a field that its kind does not have is an error.</summary>
    internal async Task<string?> ApplyAsync(JsonObject node, string plural, bool isNamespaced, string space)
    {
        string version = node["apiVersion"]!.GetValue<string>();
        string root = version.Contains('/', StringComparison.Ordinal) ? "apis" : "api";
        string name = node["metadata"]!["name"]!.GetValue<string>();
        string scope = isNamespaced ? $"/namespaces/{space}" : "";
        (HttpStatusCode status, string text) = await SendAsync(
            HttpMethod.Patch,
            $"/{root}/{version}{scope}/{plural}/{name}?fieldManager=test&force=true&fieldValidation=Strict",
            node.ToJsonString());
        return (int)status is >= 200 and < 300 ? null : $"{node["kind"]} {name}: {(int)status} {text}";
    }

    /// <summary>Sends a request, as the administrator of the cluster unless another token is given.</summary>
    internal Task<(HttpStatusCode Status, string Text)> SendAsync(
        HttpMethod method, string path, string? body = null, string? token = null) => _server!.TrySendAsync(
            method, path, body,
            method == HttpMethod.Patch ? "application/apply-patch+yaml" : "application/json", token);
}
