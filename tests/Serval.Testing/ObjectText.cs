namespace Serval.Testing;

/// <summary>Gateway API objects as YAML that more than one project writes.</summary>
internal static class ObjectText
{
    /// <summary>The class <c>serval</c>.</summary>
    public const string Class = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata: {name: serval}
        spec: {controllerName: serval.dev/gateway-controller}

        """;

    /// <summary>
    /// A Gateway with a listener for HTTPS that presents the certificate of a Secret, and one for HTTP if a
    /// port is given for it.
    /// </summary>
    public static string SecureGateway(
        string name, string space, int securePort, string secret, string? hostname = null,
        string gatewayClass = "serval", int? clearPort = null) => $$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: {{name}}, namespace: {{space}} }
        spec:
          gatewayClassName: {{gatewayClass}}
          listeners:
          - name: https
            port: {{securePort}}
            protocol: HTTPS
            {{(hostname is null ? "" : $"hostname: {hostname}")}}
            tls: {certificateRefs: [{name: {{secret}} }]}
          {{(clearPort is null ? "" : $"- {{name: http, port: {clearPort}, protocol: HTTP}}")}}

        """;
}
