using System.Globalization;
using System.Text;
using Serval.Config.Validating;
using Serval.Control.Files;

namespace Serval.Control.Tests.Admitting;

/// <summary>What the definitions of objects bound, for objects that no API server has looked at.</summary>
public sealed class AdmissionBoundsTests
{
    [Theory]
    [InlineData("filters", 16)]
    [InlineData("set", 16)]
    [InlineData("add", 16)]
    [InlineData("remove", 16)]
    [InlineData("tls-backends", 16)]
    [InlineData("subjectAltNames", 5)]
    [InlineData("caCertificateRefs", 8)]
    [InlineData("targetRefs", 16)]
    [InlineData("from", 16)]
    [InlineData("to", 16)]
    [InlineData("addresses", 100)]
    public void A_list_has_as_many_entries_as_its_definition_allows(string list, int most)
    {
        Assert.Empty(ErrorsOf(ObjectWith(list, most)));
        Assert.NotEmpty(ErrorsOf(ObjectWith(list, most + 1)));
    }

    [Theory]
    [InlineData("a\\tb", true)]
    [InlineData("a\\x1fb", false)]
    [InlineData("a\\x7fb", false)]
    [InlineData("a ", false)]
    [InlineData("", false)]
    public void A_value_of_a_header_has_no_controls_and_no_blank_at_its_end(string value, bool isTaken) =>
        Assert.Equal(isTaken, ErrorsOf(Route($"set: [{{name: X-A, value: \"{value}\"}}]")).Length == 0);

    [Fact]
    public void Settings_of_TLS_for_a_port_stand_there_once()
    {
        const string Entry =
            "tls: {validation: {caCertificateRefs: [{group: '', kind: ConfigMap, name: ca}]}}";
        string gateway = $$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: g}
            spec:
              gatewayClassName: c
              listeners: [{name: l, port: 80, protocol: HTTP}]
              tls:
                frontend:
                  default: {}
                  perPort: [{port: 443, {{Entry}}}, {port: 8443, {{Entry}}}]
            """;
        Assert.Empty(ErrorsOf(gateway));
        Finding error = Assert.Single(
            ErrorsOf(gateway.Replace("8443", "443", StringComparison.Ordinal)));
        Assert.Equal("spec.tls.frontend.perPort[1].port", error.Field);
    }

    private static string ObjectWith(string list, int count) => list switch
    {
        "filters" => Spec(
            "HTTPRoute", $"parentRefs: [{{name: g}}], rules: [{{filters: [{Many(
                "{type: RequestHeaderModifier, requestHeaderModifier: {remove: [X-#]}}", count)}]}}]"),
        "remove" => Route($"remove: [{Many("X-#", count)}]"),
        "set" or "add" => Route($"{list}: [{Many("{name: X-#, value: v}", count)}]"),
        "tls-backends" => Spec(
            "TLSRoute", "parentRefs: [{name: g}], hostnames: [a.example], "
            + $"rules: [{{backendRefs: [{Many("{name: s#, port: 443}", count)}]}}]"),
        "subjectAltNames" => Policy(
            1, 1, $", subjectAltNames: [{Many("{type: Hostname, hostname: h#.example}", count)}]"),
        "caCertificateRefs" => Policy(1, count, ""),
        "targetRefs" => Policy(count, 1, ""),
        "from" => Grant(count, 1),
        "to" => Grant(1, count),
        _ => $$"""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: s, labels: {kubernetes.io/service-name: s} }
            addressType: IPv4
            ports: []
            endpoints: [{addresses: [{{Many("10.0.0.#", count)}}]}]
            """,
    };

    private static string Route(string edits) => Spec(
        "HTTPRoute", "parentRefs: [{name: g}], rules: [{filters: [{type: RequestHeaderModifier, "
        + $"requestHeaderModifier: {{{edits}}}}}]}}]");

    private static string Policy(int targets, int authorities, string more) => Spec(
        "BackendTLSPolicy", $"targetRefs: [{Many("{group: '', kind: Service, name: s#}", targets)}], "
        + "validation: {hostname: a.example, caCertificateRefs: "
        + $"[{Many("{group: '', kind: ConfigMap, name: c#}", authorities)}]{more}}}");

    private static string Grant(int from, int to) => Spec(
        "ReferenceGrant",
        $"from: [{Many("{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: n#}", from)}], "
        + $"to: [{Many("{group: '', kind: Secret, name: s#}", to)}]");

    private static string Spec(string kind, string spec) => $$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: {{kind}}
        metadata: {name: o}
        spec: { {{spec}} }
        """;

    private static string Many(string entry, int count) => string.Join(
        ", ", Enumerable.Range(1, count).Select(i => entry.Replace(
            "#", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));

    private static Finding[] ErrorsOf(string yaml) =>
    [
        .. FileParser.Parse("a.yaml", Encoding.UTF8.GetBytes(yaml)).Findings
            .Where(finding => finding.Severity == Severity.Error),
    ];
}
