using System.Globalization;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Http1;

public sealed class Http1EncoderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0x0123_4567_89AB_CDEF)]
    [InlineData(0xFEDC_BA98_7654_3210)]
    [InlineData(ulong.MaxValue)]
    public void Digits_are_those_of_the_number_with_zeros_in_front(ulong value)
    {
        byte[] output = new byte[20];
        Http1Encoder encoder = new(output);
        encoder.Add("<"u8);
        encoder.AddHex(value);
        encoder.Add(">"u8);
        Assert.Equal(
            $"<{value.ToString("x16", CultureInfo.InvariantCulture)}>",
            Text(output.AsSpan(0, encoder.Written)));
    }

    // What follows is left out too: a head has no gaps.
    [Theory]
    [InlineData(16, 16)]
    [InlineData(15, -1)]
    public void Digits_that_find_no_room_are_left_out_as_a_whole(int room, int written)
    {
        byte[] output = new byte[room];
        Http1Encoder encoder = new(output);
        encoder.AddHex(ulong.MaxValue);
        Assert.Equal(written, encoder.Written);
        if (written < 0) Assert.All(output, octet => Assert.Equal(0, octet));
    }
}
