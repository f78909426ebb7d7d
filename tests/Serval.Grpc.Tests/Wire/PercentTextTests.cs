using FsCheck;
using FsCheck.Fluent;
using Serval.Grpc.Wire;

namespace Serval.Grpc.Tests.Wire;

public sealed class PercentTextTests
{
    [Theory]
    [InlineData("plain text, with ~ and space", "plain text, with ~ and space")]
    [InlineData("100%", "100%25")]
    [InlineData("a\r\nb", "a%0D%0Ab")]
    [InlineData("é", "%C3%A9")]
    public void Everything_but_printable_ascii_is_escaped(string text, string encoded) =>
        Assert.Equal(encoded, PercentText.Encode(text));

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz", "%zz")]
    [InlineData("%41%", "A%")]
    public void Invalid_escapes_stay_as_they_are(string text, string decoded) =>
        Assert.Equal(decoded, PercentText.Decode(text));

    [Fact]
    public void Any_text_survives_the_way_out_and_back() => Prop.ForAll<byte[]>(bytes =>
    {
        string text = System.Text.Encoding.UTF8.GetString(bytes);
        return PercentText.Decode(PercentText.Encode(text)) == text;
    }).QuickCheckThrowOnFailure();
}
