using Serval.VppBridge.Keys;

namespace Serval.VppBridge.Tests.Keys;

public sealed class Curve25519Tests
{
    // RFC 7748 §5.2.
    [Theory]
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void The_vectors_of_the_rfc_hold(string scalar, string point, string product) => Assert.Equal(
        product,
        Convert.ToHexStringLower(
            Curve25519.Multiply(Convert.FromHexString(scalar), Convert.FromHexString(point))));

    [Theory]
    [InlineData("CNgw89mLa7oUBg2N3OcsrbtfCsbfyUFLFktNnJKKt3Q=",
        "4/laPIq7oxM6XsPKcP5qA9xWLW3GnVnPv2iKOXv2Ojo=")]
    [InlineData("iPrN8O5SfE9vcXG4wKHPHZ26phfYY1dNyh67DzUO8Ec=",
        "8MD6kcfKzv4GErCnqgjIygryetCRc+ySZcsuhTMZI14=")]
    public void Public_keys_are_those_that_vpp_computed(string privateKey, string publicKey)
    {
        Assert.True(PrivateKey.TryParse(privateKey, out PrivateKey? key));
        Assert.Equal(publicKey, key!.PublicKey);
    }

    [Fact]
    public void A_private_key_prints_as_redacted() => Assert.Equal("[redacted]", $"{PrivateKey.Generate()}");

    [Theory]
    [InlineData("")]
    [InlineData("CNgw89mLa7oUBg2N3OcsrbtfCsbfyUFLFktNnJKKt3Q")]
    [InlineData("CNgw89mLa7oUBg2N3OcsrbtfCsbfyUFLFktNnJKKt3R=")]
    [InlineData("CNgw89mLa7oUBg2N3OcsrbtfCsbfyUFLFktNnJKK\nt3Q=")]
    public void A_key_has_one_spelling(string text) => Assert.False(PrivateKey.TryParse(text, out _));
}
