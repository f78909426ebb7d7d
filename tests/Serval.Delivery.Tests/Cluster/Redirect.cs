using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Cluster;

/// <summary>A Gateway whose only route needs no upstream.</summary>
internal static class Redirect
{
    /// <summary>Applies class, Gateway and route; all of them are called <paramref name="name"/>.</summary>
    public static async Task ApplyAsync(KubeServer server, string folder, int port, string name)
    {
        string file = Path.Combine(folder, "objects.yaml");
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: GatewayClass
            metadata: {name: serval}
            spec: {controllerName: serval.dev/gateway-controller}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: {{name}}, namespace: serval-system}
            spec:
              gatewayClassName: serval
              listeners: [{name: http, port: {{port}}, protocol: HTTP}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: {{name}}, namespace: serval-system}
            spec:
              parentRefs: [{name: {{name}}}]
              rules:
                - filters:
                    - type: RequestRedirect
                      requestRedirect: {hostname: elsewhere.example}
            """);
        foreach (Manifest made in await ChartTool.ReadAsync(file))
        {
            ServedKind kind = ServedKind.BuiltIn[made.Kind];
            Assert.Null(await server.ApplyAsync(
                made.Node, kind.Plural, kind.IsNamespaced, made.Namespace ?? ""));
        }
    }
}
