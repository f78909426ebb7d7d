using System.Globalization;
using System.Text;

namespace Serval.Integration.Tests.Harness;

/// <summary>Gateway API objects as YAML.</summary>
internal static class Objects
{
    /// <summary>A kubeconfig of an API server that nobody answers for.</summary>
    public const string UnreachableCluster = """
        apiVersion: v1
        kind: Config
        current-context: none
        clusters: [{name: none, cluster: {server: "https://127.0.0.1:1"}}]
        users: [{name: none, user: {token: none}}]
        contexts: [{name: none, context: {cluster: none, user: none}}]
        """;

    /// <summary>A class and a Gateway with one listener for each port, for every host.</summary>
    public static string Gateway(params int[] ports)
    {
        StringBuilder text = new("""
            apiVersion: gateway.networking.k8s.io/v1
            kind: GatewayClass
            metadata: {name: serval}
            spec: {controllerName: serval.dev/gateway-controller}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: test}
            spec:
              gatewayClassName: serval
              listeners:

            """);
        foreach (int port in ports)
            text.Append(
                CultureInfo.InvariantCulture, $"  - {{name: p{port}, port: {port}, protocol: HTTP}}\n");
        return text.Append("---\n").ToString();
    }

    /// <summary>
    /// A class and a Gateway with a listener for HTTPS that presents the certificate of a Secret, and one for
    /// HTTP where a port is given for it.
    /// </summary>
    public static string SecureGateway(
        int securePort, string secret, string @namespace = "infra", string? hostname = null,
        int? clearPort = null) => $"{ObjectText.Class}---\n"
        + ObjectText.SecureGateway("edge", @namespace, securePort, secret, hostname, clearPort: clearPort)
        + "---\n";

    /// <summary>A route with the given rules (a YAML list, indented by two).</summary>
    public static string Route(string name, string rules, string? hostname = null) => $$$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: {{{name}}}, namespace: test}
        spec:
          parentRefs: [{name: edge}]
          {{{(hostname is null ? "" : $"hostnames: [\"{hostname}\"]")}}}
          rules:
        {{{rules}}}
        ---

        """;

    /// <summary>A rule: a path prefix, a service, and more lines (indented by four).</summary>
    public static string Rule(string prefix, string service, string more = "") => $$$"""
          - matches: [{path: {type: PathPrefix, value: {{{prefix}}} } }]
            backendRefs: [{name: {{{service}}}, port: 80}]
        {{{more}}}

        """;

    /// <summary>A service and its endpoints.</summary>
    public static string Service(string name, params (string Address, int Port)[] endpoints)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $$$"""
            apiVersion: v1
            kind: Service
            metadata: {name: {{{name}}}, namespace: test}
            spec: {ports: [{name: http, port: 80}]}
            ---

            """);
        for (int i = 0; i < endpoints.Length; i++)
            text.Append(Slice(name, $"{name}-{i}", endpoints[i].Port, [endpoints[i].Address]));
        return text.ToString();
    }

    /// <summary>A slice of a service: endpoints of one family with the same port.</summary>
    public static string Slice(string service, string name, int port, IEnumerable<string> addresses)
    {
        string[] all = [.. addresses];
        string family = all[0].Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4";
        string endpoints = string.Join(", ", all.Select(address => $"{{addresses: [\"{address}\"]}}"));
        return $$$"""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata:
              name: {{{name}}}
              namespace: test
              labels: {kubernetes.io/service-name: {{{service}}} }
            addressType: {{{family}}}
            ports: [{name: http, port: {{{port}}} }]
            endpoints: [{{{endpoints}}}]
            ---

            """;
    }
}
