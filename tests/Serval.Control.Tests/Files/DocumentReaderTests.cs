using System.Text.Json.Nodes;
using System.Text;
using Serval.Control.Files;

namespace Serval.Control.Tests.Files;

public sealed class DocumentReaderTests
{
    [Theory]
    [InlineData("a: \"80\"\nb: 80\nc: '~'\n", """{"a":"80","b":80,"c":"~"}""")]
    [InlineData("a: |\n  text\n   more\n", """{"a":"text\n more\n"}""")]
    [InlineData("a: !!str 5\nb: ! 6\n", """{"a":"5","b":"6"}""")]
    [InlineData("80: x\ntrue: y\n", """{"80":"x","true":"y"}""")]
    [InlineData("a: &x [1, 2]\nb: *x\n", """{"a":[1,2],"b":[1,2]}""")]
    [InlineData("{\"a\": [1, {\"b\": null}]}", """{"a":[1,{"b":null}]}""")]
    [InlineData("\uFEFFa: 1\r\nb: 2\r\n", """{"a":1,"b":2}""")]
    [InlineData("%YAML 1.2\n---\na: 1\n...\n", """{"a":1}""")]
    public void A_document_becomes_JSON(string yaml, string json) =>
        Assert.Equal(json, Assert.Single(Read(yaml)));

    [Theory]
    [InlineData("", "")]
    [InlineData("# a comment\n", "")]
    [InlineData("---\n---\n", "null null")]
    [InlineData("1\n---\n2\n", "1 2")]
    [InlineData("--- 1\n--- 2\n", "1 2")]
    [InlineData("# first\n---\n1\n---\n# nothing\n---\n2\n", "1 null 2")]
    [InlineData("1\n...\n---\n2\n", "1 2")]
    [InlineData("a: |\n  ---\n---\n2\n", "{\"a\":\"---\\n\"} 2")]
    public void A_stream_has_the_documents_between_its_markers(string yaml, string documents) =>
        Assert.Equal(documents, string.Join(' ', Read(yaml)));

    [Theory]
    [InlineData("a: [", "")]
    [InlineData("a: 1\na: 2\n", "appears twice")]
    [InlineData("a: *b\n", "not defined")]
    [InlineData("a: &a [*a]\n", "not defined")]
    [InlineData("a: &x [1]\nb: {<<: *x}\n", "merge key (<<) takes")]
    [InlineData("b: {<<: [{k: 1}, 2]}\n", "merge key (<<) takes")]
    [InlineData("b: {<<: {k: 1}, <<: {l: 1}}\n", "two merge keys")]
    [InlineData("? [1]\n: 2\n", "key")]
    [InlineData("a: !!binary AA==\n", "tag")]
    [InlineData("a: .inf\n", "number")]
    [InlineData("a: \"\\ud800\"\n", "surrogate")]
    [InlineData("\"\\udc00\": a\n", "surrogate")]
    [InlineData("a: {b: [-]}\n", "")]
    [InlineData("a:\n  b: 1\n\tc: 2\n", "a tab indents this line; YAML takes spaces only")]
    public void A_document_that_has_no_one_meaning_is_refused(string yaml, string expected)
    {
        DocumentException failure = Assert.Single(Failures(yaml));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    // As gopkg.in/yaml.v2, which kubectl uses, reads them.
    [Theory]
    [InlineData("a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}\n", "{\"k\":1,\"l\":3}")]
    [InlineData("a: &x {k: 1, l: 2}\nb: {l: 3, <<: *x}\n", "{\"k\":1,\"l\":3}")]
    [InlineData("a: &x {k: 1}\nc: &y {k: 2, l: 2}\nb: {<<: [*x, *y]}\n", "{\"k\":1,\"l\":2}")]
    [InlineData("b: {<<: {k: 1}}\n", "{\"k\":1}")]
    [InlineData("b: {<<: {<<: {k: 1}, l: 2}}\n", "{\"k\":1,\"l\":2}")]
    [InlineData("b: {\"<<\": {k: 1}}\n", "{\"\\u003C\\u003C\":{\"k\":1}}")]
    public void Merge_keys_fill_in_what_the_mapping_does_not_say(string yaml, string merged)
    {
        JsonObject document = DocumentReader.Read("a.yaml", Encoding.UTF8.GetBytes(yaml), _ => { })[0]
            .Root!.AsObject();
        JsonObject expected = JsonNode.Parse(merged)!.AsObject();
        Assert.True(JsonNode.DeepEquals(expected, document["b"]), document["b"]!.ToJsonString());
    }

    [Fact]
    public void A_failure_names_its_line_in_the_file() =>
        Assert.Equal(5, Assert.Single(Failures("a: 1\n---\nb: 2\nc: 3\nb: 4\n")).Line);

    [Fact]
    public void A_tab_is_found_on_its_line() =>
        Assert.Equal(5, Assert.Single(Failures("a: 1\n---\nb:\n  c: 2\n\td: 3\n")).Line);

    [Theory]
    [InlineData("{\n \"a\": [1,]\n}", 2, "The JSON array contains a trailing comma at the end which is not "
        + "supported (column 10)")]
    [InlineData("{\"a\": 1", 1, "(column 8)")]
    public void A_failure_of_JSON_names_line_and_column_and_no_options_of_a_library(
        string json, int line, string expected)
    {
        List<DocumentException> failures = [];
        Assert.Empty(DocumentReader.Read("a.json", Encoding.UTF8.GetBytes(json), failures.Add));
        DocumentException failure = Assert.Single(failures);
        Assert.Equal(line, failure.Line);
        Assert.EndsWith(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("option", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused()
    {
        List<DocumentException> failures = [];
        Assert.Empty(DocumentReader.Read("a.yaml", [0x61, 0xff, 0xfe], failures.Add));
        Assert.Contains("UTF-8", Assert.Single(failures).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"a\":1} {}")]
    [InlineData("a: 1")]
    [InlineData("")]
    public void A_JSON_file_that_has_no_one_meaning_is_refused(string json)
    {
        List<DocumentException> failures = [];
        Assert.Empty(DocumentReader.Read("a.json", Encoding.UTF8.GetBytes(json), failures.Add));
        Assert.Single(failures);
    }

    [Fact]
    public void A_JSON_file_is_one_document()
    {
        byte[] json = "{\n\t\"a\": [\"\\ud83d\\ude00\"]\n}"u8.ToArray();
        Document document = Assert.Single(DocumentReader.Read("a.json", json, e => Assert.Fail(e.Message)));
        Assert.Equal("\U0001F600", document.Root!["a"]![0]!.GetValue<string>());
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        Assert.Single(Read(Nested(Limits.NodeDepthMax)));
        foreach (string yaml in (string[])[Nested(Limits.NodeDepthMax + 1), new string('[', 100_000)])
            Assert.Contains("deep", Assert.Single(Failures(yaml)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_aliases_repeat_is_bounded()
    {
        StringBuilder yaml = new("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++)
            yaml.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Contains(
            "aliases", Assert.Single(Failures(yaml.ToString())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Documents_of_a_file_are_bounded()
    {
        string yaml = string.Concat(Enumerable.Repeat("--- 1\n", Limits.DocumentsMax + 2));
        Assert.Contains("documents", Assert.Single(Failures(yaml)).Message, StringComparison.Ordinal);
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static List<string> Read(string yaml) =>
    [
        .. DocumentReader.Read(
            "a.yaml", Encoding.UTF8.GetBytes(yaml), failure => Assert.Fail(failure.Message))
            .Select(document => document.Root?.ToJsonString() ?? "null"),
    ];

    private static List<DocumentException> Failures(string yaml)
    {
        List<DocumentException> failures = [];
        DocumentReader.Read("a.yaml", Encoding.UTF8.GetBytes(yaml), failures.Add);
        return failures;
    }
}
