using System.Net;

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
        await ChartRoles.GrantAsync(server);
        foreach (string path in new[]
        {
            $"{Gateway}/gateways", $"{Gateway}/httproutes", $"{Gateway}/gatewayclasses", "/api/v1/services",
            "/api/v1/secrets", "/api/v1/configmaps", "/api/v1/namespaces", "/api/v1/nodes",
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
            (HttpMethod.Post, "/api/v1/namespaces/default/configmaps"),
            (HttpMethod.Post, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"),
        })
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, await AskAsync(method, path, "{}")));
    }

    private async Task<HttpStatusCode> AskAsync(HttpMethod method, string path, string? body = null) =>
        (await server.SendAsync(method, path, body, token: KubeServer.Gateway)).Status;
}
