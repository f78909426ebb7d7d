using System.Net;
using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Cluster;

/// <summary>The roles that the chart grants to the gateway.</summary>
internal static class ChartRoles
{
    private const string Gateway = "/apis/gateway.networking.k8s.io/v1";

    /// <summary>A request that each right allows; the others that are here stay allowed.</summary>
    private static readonly Dictionary<string, (HttpMethod Method, string Path)> Requests =
        new(StringComparer.Ordinal)
        {
            ["services"] = (HttpMethod.Get, "/api/v1/services"),
            ["endpointslices"] = (HttpMethod.Get, "/apis/discovery.k8s.io/v1/endpointslices"),
            ["namespaces"] = (HttpMethod.Get, "/api/v1/namespaces"),
            ["gateways"] = (HttpMethod.Get, $"{Gateway}/gateways"),
            ["gatewayclasses"] = (HttpMethod.Get, $"{Gateway}/gatewayclasses"),
            ["listenersets"] = (HttpMethod.Get, $"{Gateway}/listenersets"),
            ["referencegrants"] = (HttpMethod.Get, $"{Gateway}/referencegrants"),
            ["httproutes"] = (HttpMethod.Get, $"{Gateway}/httproutes"),
            ["gateways/status"] = (HttpMethod.Put,
                $"{Gateway}/namespaces/serval-system/gateways/a/status"),
            ["leases"] = (HttpMethod.Get,
                "/apis/coordination.k8s.io/v1/namespaces/serval-system/leases/serval-gateway"),
        };

    /// <summary>
    /// Applies the roles and bindings as they are rendered, without one resource if it is named, and waits
    /// until the server goes by them.
    /// </summary>
    public static async Task GrantAsync(KubeServer server, string without = "")
    {
        foreach (Manifest made in await ChartTool.ObjectsAsync())
        {
            if (!made.Kind.Contains("Role", StringComparison.Ordinal))
                continue;
            foreach (JsonNode? rule in made.Node["rules"]?.AsArray() ?? [])
            {
                rule!["resources"] = new JsonArray([.. rule["resources"]!.AsArray()
                    .Where(resource => resource!.GetValue<string>() != without)
                    .Select(resource => resource!.DeepClone())]);
            }
            ServedKind kind = ServedKind.BuiltIn[made.Kind];
            Assert.Null(await server.ApplyAsync(
                made.Node, kind.Plural, kind.IsNamespaced, made.Namespace ?? ""));
        }
        // The authorizer learns of roles by watching them.
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        foreach ((string resource, (HttpMethod method, string path)) in Requests)
        {
            while (await IsForbiddenAsync(server, method, path) != (resource == without))
                await Task.Delay(50, limit.Token);
        }
    }

    private static async Task<bool> IsForbiddenAsync(KubeServer server, HttpMethod method, string path)
    {
        string? body = method == HttpMethod.Put ? "{}" : null;
        return (await server.SendAsync(method, path, body, token: KubeServer.Gateway)).Status
            == HttpStatusCode.Forbidden;
    }
}
