using Serval.Control.Admitting;

namespace Serval.Control.Tests.Admitting;

public sealed class HostnameFaultTests
{
    [Theory]
    [InlineData("Shop.Example", "shop.example")]
    [InlineData("shop.example.", "shop.example")]
    [InlineData("shop.example:8080", "shop.example")]
    [InlineData("https://Shop.example/cart", "shop.example")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("*.Bücher.example", "*.xn--bcher-kva.example")]
    public void The_hostname_that_was_probably_meant_is_named(string text, string meant)
    {
        Assert.False(Names.IsHostname(text));
        Assert.EndsWith(
            $" Did you mean '{meant}'?", HostnameFault.Describe(text, takesWildcard: true),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("a.*.example")]
    [InlineData("a..example")]
    [InlineData("a b.example")]
    [InlineData("-a.example")]
    [InlineData("http://")]
    public void Nothing_is_guessed_where_nothing_valid_is_near(string text)
    {
        Assert.Equal(
            $"'{text}' is not a hostname: a hostname is a lower-case DNS name, which may begin with '*.'.",
            HostnameFault.Describe(text, takesWildcard: true));
    }

    [Fact]
    public void No_wildcard_is_offered_where_none_is_taken()
    {
        Assert.DoesNotContain(
            "Did you mean", HostnameFault.Describe("*.Shop.example", takesWildcard: false),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public void An_address_is_called_one(string text)
    {
        Assert.Equal(
            $"'{text}' is an IP address; a hostname is a DNS name.",
            HostnameFault.Describe(text, takesWildcard: true));
    }

    [Fact]
    public void A_text_too_long_for_a_hostname_is_not_repeated()
    {
        Assert.StartsWith(
            "This is not a hostname: ", HostnameFault.Describe(new string('a', 254), takesWildcard: true),
            StringComparison.Ordinal);
    }
}
