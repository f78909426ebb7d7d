namespace Serval.Kubernetes.Tests.Harness;

/// <summary>Objects that tests write, as YAML.</summary>
internal static class Objects
{
    public static string Namespace(string name) => $$"""
        apiVersion: v1
        kind: Namespace
        metadata: {name: {{name}}}
        """;

    public static string Route(
        string name, string space, string hostname, string service, string gateway = "edge",
        string? gatewayNamespace = null) => $$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: {{name}}, namespace: {{space}}}
        spec:
          parentRefs: [{name: {{gateway}}, namespace: {{gatewayNamespace ?? space}}}]
          hostnames: ["{{hostname}}"]
          rules: [{backendRefs: [{name: {{service}}, port: 80}]}]
        """;

    public static string Class(string name, string controller = "serval.dev/gateway-controller") => $$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata: {name: {{name}}}
        spec: {controllerName: {{controller}}}
        """;

    public static string Gateway(string name, string space, string gatewayClass, int port) => $$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: {{name}}, namespace: {{space}}}
        spec:
          gatewayClassName: {{gatewayClass}}
          listeners:
          - {name: http, port: {{port}}, protocol: HTTP, allowedRoutes: {namespaces: {from: All} } }
        """;

    public static string Service(string name, string space) => $$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{name}}, namespace: {{space}}}
        spec: {ports: [{name: http, port: 80, targetPort: 8080, protocol: TCP}]}
        """;

    public static string Slice(string name, string space, string service, string address, int port) => $$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: {{name}}, namespace: {{space}}, labels: {kubernetes.io/service-name: {{service}} } }
        addressType: IPv4
        ports: [{name: http, port: {{port}}, protocol: TCP}]
        endpoints: [{addresses: ["{{address}}"], conditions: {ready: true} }]
        """;
}
