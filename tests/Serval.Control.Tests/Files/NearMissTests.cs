using Serval.Config.Validating;

namespace Serval.Control.Tests.Files;

/// <summary>What findings say of names and kinds that are nearly right.</summary>
public sealed class NearMissTests : IDisposable
{
    private const string Route = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: r}
        spec:
          parentRefs: [{name: edge}]
          rules:
          - backendRefs: [{name: echo, port: 80}]
        ---

        """;

    private const string Service = """
        apiVersion: v1
        kind: Service
        metadata: {name: echo}
        spec: {ports: [{name: http, port: 80}]}
        ---

        """;

    private const string Slice = """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: echo-1, namespace: default, labels: {kubernetes.io/service-name: echo}}
        addressType: IPv4
        ports: [{name: http, port: 3001}]
        endpoints: [{addresses: ["127.0.0.1"]}]
        ---

        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("near");

    [Fact]
    public void Nothing_is_said_when_all_is_right()
    {
        Assert.Empty(Find("", ""));
    }

    [Theory]
    [InlineData("kind: HTTPRoute", "kind: HttpRoute", Severity.Error, "did you mean HTTPRoute?")]
    [InlineData("kind: HTTPRoute", "kind: HTPTRoute", Severity.Error, "did you mean HTTPRoute?")]
    [InlineData("networking.k8s.io/v1\nkind: HTTPRoute", "networkin.k8s.io/v1\nkind: HTTPRoute",
        Severity.Error, "did you mean gateway.networking.k8s.io/v1?")]
    [InlineData("kind: HTTPRoute", "kind: UDPRoute", Severity.Error, "Serval does not serve UDPRoutes")]
    [InlineData("gateway.networking.k8s.io/v1\nkind: HTTPRoute", "networking.k8s.io/v1\nkind: Ingress",
        Severity.Notice, "Serval serves HTTPRoutes, not Ingresses")]
    [InlineData("name: echo, port", "name: ehco, port", Severity.Error,
        "There is no Service default/ehco. Did you mean echo?")]
    [InlineData("port: 80}]\n---", "port: 81}]\n---", Severity.Error,
        "Service default/echo has no port 81; it has 80.")]
    [InlineData("parentRefs: [{name: edge}]", "parentRefs: [{name: egde}]", Severity.Warning,
        "Did you mean edge?")]
    [InlineData("parentRefs: [{name: edge}]", "parentRefs: [{name: edge, sectionName: htpp}]", Severity.Error,
        "perhaps http was meant")]
    [InlineData("parentRefs: [{name: edge}]", "parentRefs: [{name: edge, port: 8080}]", Severity.Error,
        "it has http (80)")]
    [InlineData("gatewayClassName: serval", "gatewayClassName: srval", Severity.Warning,
        "Did you mean serval?")]
    [InlineData("dev/gateway-controller", "dev/gateway-controler", Severity.Warning,
        "names serval.dev/gateway-controler; is that misspelt?")]
    [InlineData("port: 80, protocol: HTTP", "port: 0, protocol: HTTP", Severity.Warning,
        "Gateway default/edge has errors, so nothing of it counts; repair it first.")]
    [InlineData("spec: {ports: [{name: http, port: 80}]}", "spec: {ports: [{name: http, port: 0}]}",
        Severity.Error, "Service default/echo has errors, so nothing of it counts; repair it first.")]
    [InlineData("service-name: echo}", "service-name: ehco}", Severity.Warning,
        "says ehco; did you mean echo?")]
    [InlineData("namespace: default", "namespace: other", Severity.Warning,
        "a slice must be in the Service's namespace, default")]
    [InlineData("[{name: http, port: 3001}]", "[{name: web, port: 3001}]", Severity.Warning,
        "Its port is named 'http', those of its EndpointSlices 'web'")]
    [InlineData("[\"127.0.0.1\"]}", "[\"127.0.0.1\"], conditions: {ready: false}}", Severity.Warning,
        "none of them ready")]
    public void What_is_nearly_right_is_named(string right, string wrong, Severity severity, string expected)
    {
        Assert.Contains(Find(right, wrong), finding => finding.Severity == severity
            && finding.Message.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_Service_in_another_namespace_is_named()
    {
        Assert.Contains(
            Find("metadata: {name: echo}\n", "metadata: {name: echo, namespace: far}\n"),
            finding => finding.Message.EndsWith(
                "There is one in namespace far: far/echo.", StringComparison.Ordinal));
    }

    [Fact]
    public void The_field_is_told_with_line_and_column()
    {
        Assert.Contains(
            Find("name: echo, port: 80", "name: echo, port: 81"),
            finding => finding.Subject == "HTTPRoute default/r (a.yaml:20:32)");
    }

    [Fact]
    public void A_folder_that_holds_no_file_to_read_says_so()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "a.txt"), "");
        Finding finding = Assert.Single(new FileProvider(_folder.FullName).Load().Findings);
        Assert.Contains(
            $"there is no file that ends with .yaml, .yml or .json in {_folder.FullName}", finding.Message,
            StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private IEnumerable<Finding> Find(string right, string wrong)
    {
        string text = ($"{Objects.ClassAndGateway}---\n{Route}{Service}{Slice}").ReplaceLineEndings("\n");
        if (right.Length > 0)
        {
            Assert.Contains(right, text, StringComparison.Ordinal);
            text = text.Replace(right, wrong, StringComparison.Ordinal);
        }
        File.WriteAllText(Path.Combine(_folder.FullName, "a.yaml"), text);
        return new FileProvider(_folder.FullName).Load().Findings;
    }
}
