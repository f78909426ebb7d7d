using System.Runtime.CompilerServices;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Http1;

public sealed class ChunkFramingTests
{
    [Theory]
    [InlineData(1, true, "1\r\n")]
    [InlineData(1, false, "\r\n1\r\n")]
    [InlineData(15, true, "f\r\n")]
    [InlineData(16, true, "10\r\n")]
    [InlineData(255, false, "\r\nff\r\n")]
    [InlineData(256, false, "\r\n100\r\n")]
    [InlineData(16384, true, "4000\r\n")]
    [InlineData(int.MaxValue, false, "\r\n7fffffff\r\n")]
    public void A_prefix_is_minimal_and_ends_where_the_data_begins(int length, bool isFirst, string prefix)
    {
        byte[] buffer = new byte[ChunkFraming.PrefixBytesMax];
        int start = ChunkFraming.WritePrefix(buffer, buffer.Length, length, isFirst);
        Assert.Equal(prefix, Text(buffer.AsSpan(start)));
        Assert.All(buffer[..start], octet => Assert.Equal(0, octet));
    }

    [Fact]
    public void Framed_data_decodes_to_itself()
    {
        byte[] wire = new byte[200];
        int end = 0;
        for (int length = 1; length <= 17; length += 8)
        {
            Span<byte> buffer = stackalloc byte[40];
            buffer.Slice(20, length).Fill((byte)'d');
            int start = ChunkFraming.WritePrefix(buffer, 20, length, end == 0);
            buffer[start..(20 + length)].CopyTo(wire.AsSpan(end));
            end += 20 + length - start;
        }

        ChunkFraming.LastChunk(false).CopyTo(wire.AsSpan(end));
        Assert.StartsWith("1\r\nd\r\n9\r\nddddddddd\r\n11\r\nddddddddddddddddd\r\n0\r\n\0", Text(wire));
        Assert.Equal("0\r\n", Text(ChunkFraming.LastChunk(true)));
        Assert.Equal("\r\n0\r\n", Text(ChunkFraming.LastChunk(false)));
    }

    [Fact]
    public void The_decoder_fits_into_a_connection_record()
    {
        Assert.False(RuntimeHelpers.IsReferenceOrContainsReferences<ChunkDecoder>());
        Assert.True(Unsafe.SizeOf<ChunkDecoder>() <= 24);
    }
}
