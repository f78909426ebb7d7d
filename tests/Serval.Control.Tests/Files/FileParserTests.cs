using System.Text;
using Serval.Config.Validating;
using Serval.Control.Files;

namespace Serval.Control.Tests.Files;

public sealed class FileParserTests
{
    [Fact]
    public void A_finding_names_file_line_object_and_field()
    {
        ParsedFile file = Parse(
            "# comment\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {prots: []}\n");
        Finding finding = Assert.Single(file.Findings);
        Assert.Equal(
            "warning: Service default/web (a.yaml:6:8) spec.prots: There is no such field here, so it has no "
            + "effect; "
            + "did you mean 'ports'? (UnknownField)",
            finding.ToString());
        Assert.Single(file.Objects);
    }

    [Fact]
    public void An_item_of_a_list_is_found_on_its_own_line()
    {
        ParsedFile file = Parse("""
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Namespace
              metadata: {name: a}
            - apiVersion: v1
              kind: Namespace
              metadata: {name: b}
            """);
        Assert.Equal(["a.yaml:4", "a.yaml:7"], file.Objects.Select(loaded => loaded.Location));
    }

    [Fact]
    public void Every_wrong_type_of_an_object_is_told_at_once()
    {
        ParsedFile file = Parse("""
            apiVersion: v1
            kind: Service
            metadata: {name: web, labels: {version: 1.10}}
            spec: {ports: [{port: "80", name: 5}], type: [ClusterIP]}
            """);
        Assert.Equal(
            ["metadata.labels[version]", "spec.ports[0].port", "spec.ports[0].name", "spec.type"],
            file.Findings.Select(finding => finding.Field));
        Assert.All(file.Findings, finding => Assert.Equal(
            ("WrongType", Severity.Error), (finding.Reason, finding.Severity)));
        Assert.Empty(file.Objects);
        Assert.Equal("Service default/web", Assert.Single(file.Refused).ToString());
    }

    [Fact]
    public void Findings_about_one_object_are_bounded()
    {
        string ports = string.Join(", ", Enumerable.Repeat("{port: 0}", 1_000));
        ParsedFile file =
            Parse($"apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {{ports: [{ports}]}}\n");
        Assert.Equal(Limits.FindingsMax + 1, file.Findings.Length);
        Assert.Equal("TooMany", file.Findings[^1].Reason);
    }

    [Fact]
    public void What_a_Secret_holds_is_in_no_text()
    {
        ParsedFile file = Parse("""
            apiVersion: v1
            kind: Secret
            metadata: {name: s}
            type: kubernetes.io/tls
            stringData: {tls.crt: topsecret, tls.key: topsecret}
            """);
        Assert.NotEmpty(file.Findings);
        Assert.DoesNotContain(
            file.Findings, finding => finding.ToString().Contains("topsecret", StringComparison.Ordinal));
        ParsedFile good =
            Parse("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: topsecret}\n");
        Assert.Equal("Secret default/s [redacted]", Assert.Single(good.Objects).Resource.ToString());
    }

    [Fact]
    public void A_number_that_its_field_cannot_hold_is_told()
    {
        ParsedFile file = Parse(
            "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 2147483648}]}\n");
        Finding finding = Assert.Single(file.Findings);
        Assert.Equal(("spec.ports[0].port", "WrongType"), (finding.Field, finding.Reason));
        Assert.Empty(file.Objects);
    }

    [Fact]
    public void An_object_of_the_whole_cluster_is_in_no_namespace()
    {
        ParsedFile file = Parse("apiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: b}\n");
        Assert.Equal("Namespace a", Assert.Single(file.Objects).Resource.Key.ToString());
    }

    private static ParsedFile Parse(string yaml) => FileParser.Parse("a.yaml", Encoding.UTF8.GetBytes(yaml));
}
