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
    [InlineData("a: &x {k: 1}\nb: {<<: *x}\n", "merge keys")]
    [InlineData("? [1]\n: 2\n", "key")]
    [InlineData("a: !!binary AA==\n", "tag")]
    [InlineData("a: .inf\n", "number")]
    public void A_document_that_has_no_one_meaning_is_refused(string yaml, string expected)
    {
        DocumentException failure = Assert.Single(Failures(yaml));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_names_its_line_in_the_file() =>
        Assert.Equal(5, Assert.Single(Failures("a: 1\n---\nb: 2\nc: 3\nb: 4\n")).Line);

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused()
    {
        List<DocumentException> failures = [];
        Assert.Empty(DocumentReader.Read("a.yaml", [0x61, 0xff, 0xfe], failures.Add));
        Assert.Contains("UTF-8", Assert.Single(failures).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_JSON_file_may_name_no_key_twice()
    {
        List<DocumentException> failures = [];
        Assert.Empty(DocumentReader.Read("a.json", "{\"a\":1,\"a\":2}"u8.ToArray(), failures.Add));
        Assert.Single(failures);
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
