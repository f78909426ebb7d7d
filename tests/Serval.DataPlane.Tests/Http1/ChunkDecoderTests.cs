using System.Text;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Http1;

public sealed class ChunkDecoderTests
{
    public static TheoryData<string, string> Bodies => new()
    {
        { "0\r\n", "" },
        { "5\r\nhello\r\n0\r\n", "hello" },
        { "1\r\na\r\nA\r\n0123456789\r\n00000000000000b\r\nhello world\r\n000\r\n",
            "a0123456789hello world" },
        { "3;a=b;c=\"d\te\u00ff\"\r\n\r\n\0\r\n0;x\r\n", "\r\n\0" },
        { "1 \t; a = b\t;c=\"\\\"\\\\;\"; d\r\nx\r\n0;e=\"\"\r\n", "x" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Chunks_are_joined_however_they_are_split(string body, string data)
    {
        byte[] input = Bytes(body + "\r\n");
        for (int first = 0; first <= body.Length; first++)
        {
            for (int second = first; second <= body.Length; second++)
            {
                StringBuilder joined = new();
                ChunkDecoder decoder = default;
                int at = 0;
                ChunkStatus status = Feed(ref decoder, input, ref at, first, joined);
                if (status == ChunkStatus.NeedMore)
                    status = Feed(ref decoder, input, ref at, second, joined);
                if (status == ChunkStatus.NeedMore)
                    status = Feed(ref decoder, input, ref at, input.Length, joined);
                Assert.Equal(ChunkStatus.LastChunk, status);
                Assert.Equal(data, joined.ToString());
                Assert.Equal(body.Length, at);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_truncated_body_needs_more_at_every_byte(string body, string data)
    {
        byte[] input = Bytes(body);
        for (int length = 0; length < input.Length; length++)
        {
            StringBuilder joined = new();
            ChunkDecoder decoder = default;
            int at = 0;
            Assert.Equal(ChunkStatus.NeedMore, Feed(ref decoder, input, ref at, length, joined));
            Assert.Equal(length, at);
            Assert.StartsWith(joined.ToString(), data, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\r\n", Rejection.ChunkSizeInvalid)]
    [InlineData("g\r\n", Rejection.ChunkSizeInvalid)]
    [InlineData("0x5\r\n", Rejection.ChunkSizeInvalid)]
    [InlineData("+5\r\n", Rejection.ChunkSizeInvalid)]
    [InlineData("-5\r\n", Rejection.ChunkSizeInvalid)]
    [InlineData(" 5\r\n", Rejection.ChunkSizeInvalid)]
    [InlineData("5 5\r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5 \r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5;\r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5;;a\r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5;=b\r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5;a=\r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5;a \r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5;a b\r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5;a=b=c\r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5;bad[=x\r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5;a=b[\r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5;a=\"b\r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5;a=\"b\"c\r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5;a=\"\\\u0001\"\r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5;a=\"b\n\"\r\n", Rejection.ChunkLineEnd)]
    [InlineData("1_0\r\n", Rejection.ChunkSizeInvalid)]
    [InlineData(";a\r\n", Rejection.ChunkSizeInvalid)]
    [InlineData("5\nhello", Rejection.ChunkLineEnd)]
    [InlineData("5\r\r", Rejection.ChunkLineEnd)]
    [InlineData("5\rx", Rejection.ChunkLineEnd)]
    [InlineData("5;a\nhello", Rejection.ChunkLineEnd)]
    [InlineData("5;a\rb\r\n", Rejection.ChunkLineEnd)]
    [InlineData("5;a\0\r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5;a\x7f\r\n", Rejection.ChunkExtensionInvalid)]
    [InlineData("5\r\nhello0\r\n", Rejection.ChunkLineEnd)]
    [InlineData("5\r\nhello\n0\r\n", Rejection.ChunkLineEnd)]
    [InlineData("5\r\nhello\r0\r\n", Rejection.ChunkLineEnd)]
    [InlineData("5\r\nhello\r\n\r\n", Rejection.ChunkSizeInvalid)]
    [InlineData("00000000000000005\r\n", Rejection.ChunkSizeOverflow)]
    [InlineData("8000000000000000\r\n", Rejection.ChunkSizeOverflow)]
    [InlineData("ffffffffffffffff\r\n", Rejection.ChunkSizeOverflow)]
    internal void A_body_with_two_readings_is_refused(string body, Rejection reason)
    {
        for (int split = 0; split < body.Length; split++)
        {
            ChunkDecoder decoder = default;
            int at = 0;
            ChunkStatus status = Feed(ref decoder, Bytes(body), ref at, split, new StringBuilder());
            if (status == ChunkStatus.NeedMore)
                status = Feed(ref decoder, Bytes(body), ref at, body.Length, new StringBuilder());
            Assert.Equal(ChunkStatus.Rejected, status);
            Assert.Equal(reason, decoder.Rejection);
        }
    }

    [Fact]
    public void The_largest_chunk_is_the_largest_long()
    {
        ChunkDecoder decoder = default;
        ChunkStatus status =
            decoder.Next(Bytes("7fffffffffffffff\r\nabc"), out int consumed, out int start, out int length);
        Assert.Equal((ChunkStatus.Data, 21, 18, 3), (status, consumed, start, length));
        Assert.Equal(long.MaxValue - 3, decoder.Remaining);
    }

    [Fact]
    public void Extensions_may_take_as_many_bytes_as_the_limit_in_a_body_and_not_one_more()
    {
        string half = ";" + new string('x', (HeaderLimits.ChunkExtensionBytesMax / 2) - 1);
        ChunkDecoder fitting = default;
        int at = 0;
        byte[] input = Bytes($"1{half}\r\na\r\n0{half}\r\n");
        Assert.Equal(
            ChunkStatus.LastChunk, Feed(ref fitting, input, ref at, input.Length, new StringBuilder()));

        ChunkDecoder over = default;
        at = 0;
        input = Bytes($"1{half}\r\na\r\n0{half}x\r\n");
        Assert.Equal(ChunkStatus.Rejected, Feed(ref over, input, ref at, input.Length, new StringBuilder()));
        Assert.Equal(Rejection.ChunkExtensionTooLong, over.Rejection);
    }

    private static ChunkStatus Feed(
        ref ChunkDecoder decoder, byte[] input, ref int at, int end, StringBuilder data)
    {
        while (true)
        {
            ReadOnlySpan<byte> piece = input.AsSpan(at, end - at);
            ChunkStatus status = decoder.Next(piece, out int consumed, out int start, out int length);
            if (status == ChunkStatus.Data)
                Assert.Equal(consumed, start + length);
            data.Append(Text(piece.Slice(start, length)));
            at += consumed;
            if (status != ChunkStatus.Data)
                return status;
        }
    }
}
