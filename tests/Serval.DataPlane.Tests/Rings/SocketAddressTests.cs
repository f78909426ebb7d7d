using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Serval.DataPlane.Rings;
using RingAddress = Serval.DataPlane.Rings.SocketAddress;

namespace Serval.DataPlane.Tests.Rings;

/// <summary>Addresses as bytes and as text, with System.Net as the oracle.</summary>
public sealed class SocketAddressTests
{
    // Groups that make runs of zeros, short numbers and the places where mapped addresses begin.
    private static readonly Gen<byte[]> Ipv6 =
        from groups in Gen.Frequency(
            (5, Gen.Constant(0)), (1, Gen.Constant(0xFFFF)), (2, Gen.Choose(0, 15)), (
            2, Gen.Choose(0, 0xFFFF))).ArrayOf(8)
        select groups.SelectMany(part => new[] { (byte)(part >> 8), (byte)part }).ToArray();

    [Fact]
    public void Ipv6_text_is_canonical() => Check.One(
        FsCheck.Config.QuickThrowOnFailure.WithMaxTest(5_000),
        Prop.ForAll(Ipv6.ToArbitrary(), bytes =>
        {
            byte[] text = new byte[39];
            string ours = Encoding.ASCII.GetString(text, 0, Ipv6Text.Format(bytes, text));
            IPAddress oracle = new(bytes);
            Assert.Equal(oracle, IPAddress.Parse(ours));
            // System.Net writes some ranges with an IPv4 tail, which RFC 5952 §5 leaves open.
            if (!oracle.ToString().Contains('.', StringComparison.Ordinal))
                Assert.Equal(oracle.ToString(), ours);
        }));

    [Theory]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void An_endpoint_becomes_the_bytes_that_the_system_uses_and_text(string address, string expected)
    {
        IPEndPoint endpoint = new(IPAddress.Parse(address), 8_443);
        RingAddress ring = RingAddress.From(endpoint);
        byte[] text = new byte[45];
        Assert.Equal(8_443, ring.Port);
        Assert.Equal(expected, Encoding.ASCII.GetString(text, 0, ring.FormatAddress(text)));

        System.Net.SocketAddress oracle = endpoint.Serialize();
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<RingAddress>(in ring));
        Assert.Equal(oracle.Size, (int)ring.Length);
        Assert.Equal(oracle.Buffer.Span[..oracle.Size].ToArray(), bytes[..oracle.Size].ToArray());
    }

    [Fact]
    public void A_token_keeps_kind_slot_and_generation()
    {
        Token token = new(TokenKind.Send, 16_383, 0x1FF_FFFF);
        Assert.Equal(
            (TokenKind.Send, 16_383, Token.GenerationMask), (token.Kind, token.Slot, token.Generation));
    }
}
