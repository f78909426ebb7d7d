using System.Net;
using System.Net.Sockets;

namespace Serval.CommandLine.Printing;

/// <summary>A site as <c>serval init</c> writes it.</summary>
/// <param name="Name">Name of its objects.</param>
/// <param name="Host">The host that requests name.</param>
internal sealed record FirstSite(string Name, string Host)
{
    /// <summary>Where its service listens; all with one port and of one family.</summary>
    public List<IPEndPoint> Endpoints { get; } = [];

    /// <summary>The class and the Gateway that every site shares.</summary>
    public static string Gateway(int port) => $"""
        # Where Serval listens. Routes name this Gateway as their parent.
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata:
          name: serval
        spec:
          controllerName: serval.dev/gateway-controller
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata:
          name: edge
        spec:
          gatewayClassName: serval
          listeners:
            - name: http
              port: {port}
              protocol: HTTP

        """;

    /// <summary>Route, Service and EndpointSlice.</summary>
    public string ToYaml()
    {
        string family = Endpoints[0].AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
        string endpoints = string.Concat(Endpoints.Select(
            endpoint => $"\n  - addresses: [\"{endpoint.Address}\"]"));
        return $"""
            ---
            # Which requests are for {Name}, and which Service answers them.
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata:
              name: {Name}
            spec:
              parentRefs:
                - name: edge
              hostnames: ["{Host}"]
              rules:
                - backendRefs:
                    - name: {Name}
                      port: 80
            ---
            # The Service that the route names. Port 80 is for routes; the real port is in the slice below.
            apiVersion: v1
            kind: Service
            metadata:
              name: {Name}
            spec:
              ports:
                - name: http
                  port: 80
            ---
            # Where the service listens. The label names the Service; http is the name of the Service's port.
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata:
              name: {Name}
              labels:
                kubernetes.io/service-name: {Name}
            addressType: {family}
            ports:
              - name: http
                port: {Endpoints[0].Port}
            endpoints:{endpoints}

            """;
    }
}
