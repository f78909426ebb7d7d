using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serval.Control.Files;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Store;

namespace Serval.Control.Tests.Incremental;

/// <summary>
/// Objects of a cluster so small that they meet: three namespaces, four Gateways, five Services. What each
/// says is drawn anew whenever it changes.
/// </summary>
internal static class RandomObjects
{
    private static readonly string[] Namespaces = ["one", "two", "three"];
    private const string GatewayApi = "gateway.networking.k8s.io/v1";
    private const string Ours = "serval.dev/gateway-controller";
    private static int _version;

    /// <summary>A few objects that come, change or go.</summary>
    public static ChangeBatch Batch(Random random)
    {
        StringBuilder yaml = new();
        ImmutableArray<ObjectKey>.Builder deletes = ImmutableArray.CreateBuilder<ObjectKey>();
        for (int count = random.Next(1, 7); count > 0; count--)
            yaml.Append("---\n").Append(Draw(random));
        ParsedFile file = FileParser.Parse("random", Encoding.UTF8.GetBytes(yaml.ToString()));
        Assert.True(file.Refused.IsEmpty && file.IsReadable, string.Join('\n', file.Findings));
        List<Resource> upserts = [];
        foreach (Resource resource in file.Objects.Select(loaded => loaded.Resource))
        {
            if (random.Next(4) == 0)
                deletes.Add(resource.Key);
            else
                upserts.Add(resource);
        }
        upserts.RemoveAll(resource => deletes.Contains(resource.Key));
        return new ChangeBatch { Upserts = [.. upserts], Deletes = deletes.ToImmutable() };
    }

    private static string Draw(Random random) => random.Next(15) switch
    {
        12 => Meta(random, "Secret", "v1", NamespaceOf(random), "c") + RandomTls.Secret(random),
        13 => Meta(random, "ConfigMap", "v1", NamespaceOf(random), "m") + RandomTls.Bundle(random),
        14 => TlsRoute(random),
        0 => Class(random),
        1 or 2 => Gateway(random),
        3 => Set(random),
        4 => Namespace(random),
        5 => Grant(random),
        6 => Service(random),
        7 or 8 => Slice(random),
        9 => Policy(random),
        _ => Route(random),
    };

    private static string Meta(Random random, string kind, string version, string @namespace, string name)
    {
        int minute = random.Next(3);
        return string.Create(CultureInfo.InvariantCulture, $$"""
            apiVersion: {{version}}
            kind: {{kind}}
            metadata:
              name: {{name}}
              namespace: {{@namespace}}
              generation: {{++_version}}
              creationTimestamp: "2026-01-01T00:0{{minute}}:00Z"

            """);
    }

    private static string One(Random random, params string[] values) => values[random.Next(values.Length)];

    private static string NamespaceOf(Random random) => One(random, Namespaces);

    private static string Class(Random random) =>
        Meta(random, "GatewayClass", GatewayApi, "one", One(random, "a", "b"))
        + $"spec: {{controllerName: {One(random, Ours, Ours, "else/where")} }}\n";

    private static string Gateway(Random random)
    {
        StringBuilder yaml = new(Meta(
            random, "Gateway", GatewayApi, NamespaceOf(random), One(random, "g", "h")));
        yaml.Append(CultureInfo.InvariantCulture, $"""
            spec:
              gatewayClassName: {One(random, "a", "a", "b")}
              allowedListeners: {One(random, "{namespaces: {from: All}}", "{namespaces: {from: Same}}", "{}")}
              addresses: {One(random, "[]", "[]", "[{value: 192.0.2.1}]", "[{value: 2001:db8::1}]")}

            """);
        yaml.Append(RandomTls.GatewaySettings(random)).Append("  listeners:\n");
        string from = One(random,
            "{from: All}", "{from: Same}", "{from: Selector, selector: {matchLabels: {team: red}}}");
        for (int i = random.Next(1, 3); i > 0; i--)
        {
            yaml.Append("  - name: l").Append(i)
                .Append("\n    port: ").Append(One(random, "80", "443"))
                .Append("\n    protocol: ").Append(One(random, "HTTP", "HTTP", "HTTPS", "TLS")).Append('\n')
                .Append(One(random, "", "    hostname: \"*.example.com\"\n", "    hostname: a.example.com\n"))
                .Append("    allowedRoutes: {namespaces: ").Append(from).Append("}\n");
        }
        // Whoever terminates TLS needs a certificate to be written at all.
        string refs = One(random, "{name: c}", "{name: c}", "{name: c, namespace: two}");
        string mode = One(random, "mode: Passthrough", $"certificateRefs: [{refs}]");
        return yaml
            .Replace("protocol: HTTPS", $"tls: {{certificateRefs: [{refs}]}}\n    protocol: HTTPS")
            .Replace("protocol: TLS", $"tls: {{{mode}}}\n    protocol: TLS")
            .ToString();
    }

    private static string Set(Random random) =>
        Meta(random, "ListenerSet", GatewayApi, NamespaceOf(random), One(random, "s", "t"))
        + $$"""
            spec:
              parentRef: {name: {{One(random, "g", "h")}}, namespace: {{NamespaceOf(random)}} }
              listeners:
              - name: extra
                port: {{One(random, "80", "82")}}
                protocol: HTTP
                allowedRoutes:
                  namespaces: {from: All}

            """;

    private static string Namespace(Random random) =>
        Meta(random, "Namespace", "v1", "one", NamespaceOf(random))
            .Replace("metadata:", $"metadata:\n  labels: {{team: {One(random, "red", "blue")}}}",
                StringComparison.Ordinal);

    private static string Grant(Random random) =>
        Meta(random, "ReferenceGrant", GatewayApi, NamespaceOf(random), "g") + $$"""
            spec:
              from: [{group: gateway.networking.k8s.io,
                kind: {{One(random, "HTTPRoute", "HTTPRoute", "Gateway")}},
                namespace: {{NamespaceOf(random)}} }]
              to: [{group: "", kind: Service{{One(random, "", ", name: x")}} }, {group: "", kind: Secret}]

            """;

    private static string Service(Random random) =>
        Meta(random, "Service", "v1", NamespaceOf(random), One(random, "x", "y"))
            .Replace("metadata:", One(random, "metadata:", """
                metadata:
                  annotations: {service.cilium.io/global: "true", service.cilium.io/affinity: local}
                """), StringComparison.Ordinal) + $$"""
            spec:
              ports: [{name: web, port: {{One(random, "80", "80", "8080")}} }]

            """;

    private static string Slice(Random random) =>
        Meta(random, "EndpointSlice", "discovery.k8s.io/v1", NamespaceOf(random), One(random, "p", "q", "r"))
            .Replace("metadata:", "metadata:\n  labels:\n    kubernetes.io/service-name: "
                + One(random, "x", "y")
                + One(random, "", "\n    multicluster.kubernetes.io/source-cluster: far"),
                StringComparison.Ordinal) + $$"""
            addressType: IPv4
            ports: [{name: web, port: {{One(random, "80", "8080")}} }]
            endpoints:
            - addresses: [10.0.0.{{random.Next(1, 6)}}]
              conditions: {ready: {{One(random, "true", "true", "false")}} }

            """;

    private static string Policy(Random random) =>
        Meta(random, "BackendTLSPolicy", GatewayApi, NamespaceOf(random), One(random, "p", "q")) + $$"""
            spec:
              targetRefs: [{group: "", kind: Service, name: {{One(random, "x", "y")}}
                {{One(random, "", ", sectionName: web")}} }]
              validation:
                hostname: {{One(random, "a", "b")}}.example.com
                {{One(random, "wellKnownCACertificates: System",
                    "caCertificateRefs: [{group: \"\", kind: ConfigMap, name: m}]")}}

            """;

    private static string TlsRoute(Random random) =>
        Meta(random, "TLSRoute", GatewayApi, NamespaceOf(random), One(random, "r", "s")) + $$"""
            spec:
              parentRefs: [{name: {{One(random, "g", "h")}}, namespace: {{NamespaceOf(random)}} }]
              hostnames: [{{One(random, "a.example.com", "\"*.example.com\"", "b.example.org")}}]
              rules:
              - backendRefs: [{name: {{One(random, "x", "y")}}, port: {{One(random, "80", "8080")}} }]

            """;

    private static string Route(Random random)
    {
        string kind = One(random, "HTTPRoute", "HTTPRoute", "HTTPRoute", "HTTPRoute", "GRPCRoute");
        string parentKind = One(random, "Gateway", "Gateway", "ListenerSet");
        string parent = parentKind == "Gateway" ? One(random, "g", "h") : One(random, "s", "t");
        string rules = kind == "GRPCRoute" ? "" : $$"""
              rules:
              - matches: [{path: {value: /{{One(random, "", "a", "b")}} } }]
                backendRefs:
                - {port: 80, namespace: {{NamespaceOf(random)}}, name: {{One(random, "x", "y")}} }
                - {name: x, port: {{One(random, "80", "8080")}} }

            """;
        return Meta(random, kind, GatewayApi, NamespaceOf(random), One(random, "r", "s", "t"))
            + $$"""
            spec:
              parentRefs: [{kind: {{parentKind}}, name: {{parent}}, namespace: {{NamespaceOf(random)}} }]
              hostnames: [{{One(random, "a.example.com", "\"*.example.com\"", "b.example.org")}}]

            """ + rules;
    }
}
