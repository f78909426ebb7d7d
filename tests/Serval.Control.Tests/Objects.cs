namespace Serval.Control.Tests;

/// <summary>Small objects for tests that write files themselves.</summary>
internal static class Objects
{
    public const string ClassAndGateway = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata: {name: serval}
        spec: {controllerName: serval.dev/gateway-controller}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: edge}
        spec:
          gatewayClassName: serval
          listeners:
          - {name: http, port: 80, protocol: HTTP}

        """;

    /// <summary>A route that answers with a redirect, so it needs no Service.</summary>
    public static string Route(string name, string hostname) => $$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata:
          name: {{name}}
        spec:
          parentRefs: [{name: edge}]
          hostnames: [{{hostname}}]
          rules:
          - filters:
            - type: RequestRedirect
              requestRedirect: {scheme: https}

        """;

    /// <summary>The hostnames that the snapshot's routes serve, in its order.</summary>
    public static string Hostnames(this Translation translation) => string.Join(
        ' ', translation.Snapshot.Routes.SelectMany(route => route.Attachments).SelectMany(a => a.Hostnames));

    public static string Reasons(this Translation translation) =>
        string.Join(' ', translation.Findings.Select(finding => finding.Reason));
}
