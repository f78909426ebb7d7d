using System.Net;
using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Cluster;

/// <summary>The gateway's service account may do what the chart grants it, and nothing else.</summary>
[Collection(KubeCollection.Name)]
public sealed class RoleTests(KubeServer server)
{
    private const string Gateway = "/apis/gateway.networking.k8s.io/v1";
    private const string Leases = "/apis/coordination.k8s.io/v1/namespaces/serval-system/leases";

    [KubeFact]
    public async Task It_reads_what_it_watches_and_writes_only_statuses_and_its_lease()
    {
        await GrantAsync(_ => true);
        foreach (string path in new[]
        {
            $"{Gateway}/gateways", $"{Gateway}/httproutes", $"{Gateway}/gatewayclasses", "/api/v1/services",
            "/api/v1/secrets", "/api/v1/namespaces", "/api/v1/nodes",
            "/apis/discovery.k8s.io/v1/endpointslices",
        })
            Assert.Equal(HttpStatusCode.OK, await AskAsync(HttpMethod.Get, path));
        string lease = """
            {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "serval-gateway"} }
            """;
        Assert.Equal(HttpStatusCode.Created, await AskAsync(HttpMethod.Post, Leases, lease));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(HttpMethod.Get, $"{Leases}/serval-gateway"));
        foreach ((HttpMethod method, string path) in new[]
        {
            (HttpMethod.Get, $"{Leases}/another"), (HttpMethod.Delete, $"{Leases}/serval-gateway"),
            (HttpMethod.Get, "/apis/coordination.k8s.io/v1/namespaces/default/leases/serval-gateway"),
            (HttpMethod.Post, "/api/v1/namespaces/default/secrets"),
            (HttpMethod.Delete, "/api/v1/namespaces/default/secrets/a"),
            (HttpMethod.Put, "/api/v1/namespaces/default/services/a"),
            (HttpMethod.Put, $"{Gateway}/namespaces/default/gateways/a"), (HttpMethod.Get, "/api/v1/pods"),
            (HttpMethod.Get, "/api/v1/configmaps"),
            (HttpMethod.Post, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"),
        })
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, await AskAsync(method, path, "{}")));
    }

    [KubeFact]
    public async Task Without_one_rule_what_it_allowed_is_forbidden()
    {
        await GrantAsync(resource => resource != "services");
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(HttpMethod.Get, "/api/v1/services"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(HttpMethod.Get, "/api/v1/secrets"));
    }

    /// <summary>Applies the chart's roles and bindings, with only those resources that are kept.</summary>
    private async Task GrantAsync(Func<string, bool> isKept)
    {
        foreach (Manifest made in await ChartTool.ObjectsAsync())
        {
            if (!made.Kind.Contains("Role", StringComparison.Ordinal))
                continue;
            foreach (JsonNode? rule in made.Node["rules"]?.AsArray() ?? [])
            {
                rule!["resources"] = new JsonArray([.. rule["resources"]!.AsArray()
                    .Where(resource => isKept(resource!.GetValue<string>()))
                    .Select(resource => resource!.DeepClone())]);
            }
            ServedKind kind = ServedKind.BuiltIn[made.Kind];
            Assert.Null(await server.ApplyAsync(
                made.Node, kind.Plural, kind.IsNamespaced, made.Namespace ?? ""));
        }
        // The authorizer learns of roles by watching them.
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        while (await AskAsync(HttpMethod.Get, "/api/v1/services") == HttpStatusCode.OK != isKept("services")
            || await AskAsync(HttpMethod.Get, $"{Leases}/serval-gateway") == HttpStatusCode.Forbidden)
            await Task.Delay(50, limit.Token);
    }

    private async Task<HttpStatusCode> AskAsync(HttpMethod method, string path, string? body = null) =>
        (await server.SendAsync(method, path, body, token: "gateway")).Status;
}
