using System.Collections.Immutable;
using System.Text;
using Serval.Config.Secrets;
using Serval.Config.Validating;

namespace Serval.Config.Tests;

public sealed class SecretsJsonTests
{
    private static readonly byte[] Key = "-----BEGIN PRIVATE KEY-----"u8.ToArray();

    [Fact]
    public void Key_pairs_survive_the_round_trip()
    {
        byte[] written = SecretsJson.Write(new SecretsPush { KeyPairs = [Pair(), Pair("two", [1, 2])] });
        SecretsPush read = SecretsJson.Read(written, out ImmutableArray<Finding> findings)!;
        Assert.Empty(findings);
        Assert.Equal(["one", "two"], read.KeyPairs.Select(pair => pair.Name));
        Assert.Equal(Key, read.KeyPairs[0].PrivateKeyPem);
        Assert.Null(read.KeyPairs[0].OcspDer);
        Assert.Equal([1, 2], read.KeyPairs[1].OcspDer!);
    }

    [Theory]
    [InlineData("null", "")]
    [InlineData("{", "")]
    [InlineData("{}", "")]
    [InlineData("""{"keyPairs":[null]}""", "keyPairs[0]")]
    [InlineData("""{"keyPairs":[],"more":"c2VjcmV0"}""", "more")]
    [InlineData("""{"keyPairs":[{"name":"","digest":"D","chainPem":"QQ==","privateKeyPem":"c2VjcmV0"}]}""",
        "keyPairs[0].name")]
    [InlineData("""{"keyPairs":[{"name":"n","digest":"x","chainPem":"QQ==","privateKeyPem":"c2VjcmV0"}]}""",
        "keyPairs[0].digest")]
    [InlineData("""{"keyPairs":[{"name":"n","digest":"D","chainPem":"","privateKeyPem":"c2VjcmV0"}]}""",
        "keyPairs[0].chainPem")]
    [InlineData("""{"keyPairs":[{"name":"n","digest":"D","chainPem":"QQ==","privateKeyPem":"c2VjcmV0!"}]}""",
        "keyPairs[0].privateKeyPem")]
    public void What_is_no_push_is_a_finding_without_a_word_of_its_content(string json, string field)
    {
        string digest = new('d', 64);
        byte[] utf8 = Encoding.UTF8.GetBytes(
            json.Replace("\"D\"", $"\"{digest}\"", StringComparison.Ordinal));
        Assert.Null(SecretsJson.Read(utf8, out ImmutableArray<Finding> findings));
        Finding finding = Assert.Single(findings);
        Assert.Equal(field, finding.Field);
        Assert.DoesNotContain("c2VjcmV0", finding.ToString(), StringComparison.Ordinal);
    }

    // 0xfb gives base64 a plus, which JSON may escape, and an accent in a name becomes six bytes.
    [Theory]
    [InlineData(1, "n")]
    [InlineData(100, "\u00e9\u00e9\u00e9")]
    [InlineData(ConfigLimits.KeyPairPartBytes, "n")]
    public void A_pair_is_never_longer_than_its_greatest_length_and_hardly_shorter(int bytes, string name)
    {
        byte[] part = new byte[bytes];
        Array.Fill(part, (byte)0xfb);
        KeyPair pair = new()
        {
            Name = name,
            Digest = new string('d', 64),
            ChainPem = part,
            PrivateKeyPem = part,
            OcspDer = part,
        };
        int written = SecretsJson.Write(new SecretsPush { KeyPairs = [pair] }).Length;
        Assert.InRange(SecretsJson.LengthMax(pair), written, written + 600);
    }

    // Where the parts are short, the room for punctuation must not be what the name needs.
    [Fact]
    public void A_pair_with_the_longest_name_is_not_longer_than_its_greatest_length_either()
    {
        KeyPair pair = Pair(new string('\u00e9', ConfigLimits.NameLength));
        int written = SecretsJson.Write(new SecretsPush { KeyPairs = [pair] }).Length;
        Assert.InRange(SecretsJson.LengthMax(pair), written, written + 600);
    }

    [Theory]
    [InlineData(ConfigLimits.KeyPairPartBytes, null)]
    [InlineData(ConfigLimits.KeyPairPartBytes + 1, "keyPairs[0].ocspDer")]
    [InlineData(0, "keyPairs[0].ocspDer")]
    public void An_OCSP_response_is_bounded_like_the_other_parts(int bytes, string? field)
    {
        byte[] written = SecretsJson.Write(new SecretsPush { KeyPairs = [Pair(ocsp: new byte[bytes])] });
        SecretsPush? read = SecretsJson.Read(written, out ImmutableArray<Finding> findings);
        Assert.Equal(field, findings.SingleOrDefault()?.Field);
        Assert.Equal(field is null, read is not null);
    }

    [Fact]
    public void A_wiped_pair_has_no_key_and_a_printed_one_never_had()
    {
        KeyPair pair = Pair();
        Assert.Equal($"one ({pair.Digest})", pair.ToString());
        pair.Wipe();
        Assert.All(pair.PrivateKeyPem, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Each_part_makes_another_digest_and_no_part_can_pass_for_its_neighbour()
    {
        string[] digests =
        [
            KeyPair.DigestOf([[1], [2]], [3], [4]), KeyPair.DigestOf([[1, 2]], [3], [4]),
            KeyPair.DigestOf([[1], [2]], [3, 4], []), KeyPair.DigestOf([[1], [2]], [3], []),
            KeyPair.DigestOf([[1], [2], [3]], [4], []),
        ];
        Assert.Equal(digests.Length, digests.Distinct().Count());
        Assert.All(digests, digest => Assert.Equal(64, digest.Length));
    }

    private static KeyPair Pair(string name = "one", byte[]? ocsp = null) => new()
    {
        Name = name,
        Digest = new string('d', 64),
        ChainPem = [1],
        PrivateKeyPem = [.. Key],
        OcspDer = ocsp,
    };
}
