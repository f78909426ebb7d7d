using System.Text.Json.Nodes;
using Serval.Control.Files;

namespace Serval.Control.Tests.Files;

public sealed class YamlScalarTests
{
    [Theory]
    [InlineData("", "null")]
    [InlineData("~", "null")]
    [InlineData("null", "null")]
    [InlineData("NULL", "null")]
    [InlineData("nULL", "\"nULL\"")]
    [InlineData("true", "true")]
    [InlineData("False", "false")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("on", "\"on\"")]
    [InlineData("n", "\"n\"")]
    [InlineData("0", "0")]
    [InlineData("-7", "-7")]
    [InlineData("+12", "12")]
    [InlineData("0777", "777")]
    [InlineData("0o17", "15")]
    [InlineData("0x1F", "31")]
    [InlineData("0xZZ", "\"0xZZ\"")]
    [InlineData("1_000", "\"1_000\"")]
    [InlineData("1.5", "1.5")]
    [InlineData(".5", "0.5")]
    [InlineData("1.", "1")]
    [InlineData("1e3", "1000")]
    [InlineData("-2.5E-1", "-0.25")]
    [InlineData("1e", "\"1e\"")]
    [InlineData(".", "\".\"")]
    [InlineData("-", "\"-\"")]
    [InlineData("+", "\"\\u002B\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("10.0.0.1", "\"10.0.0.1\"")]
    [InlineData("2026-01-01T00:00:00Z", "\"2026-01-01T00:00:00Z\"")]
    [InlineData("12:30", "\"12:30\"")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("/path", "\"/path\"")]
    public void A_plain_scalar_has_the_type_of_the_core_schema(string text, string json)
    {
        JsonNode? node = YamlScalars.Resolve(text);
        Assert.Equal(json, node?.ToJsonString() ?? "null");
    }

    [Theory]
    [InlineData(".inf")]
    [InlineData("-.INF")]
    [InlineData(".nan")]
    [InlineData("9223372036854775808")]
    [InlineData("0xFFFFFFFFFFFFFFFFF")]
    [InlineData("1e999")]
    public void A_number_that_JSON_cannot_carry_is_refused(string text) =>
        Assert.Throws<FormatException>(() => YamlScalars.Resolve(text));
}
