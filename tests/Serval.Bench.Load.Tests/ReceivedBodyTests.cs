using Serval.Bench.Load.Messages;

namespace Serval.Bench.Load.Tests;

public class ReceivedBodyTests
{
    [Fact]
    public void A_body_in_pieces_of_any_size_is_accepted()
    {
        byte[] bytes = new byte[20_000];
        Pattern.Fill(bytes, 0);
        foreach (int piece in new[] { 1, 7, 4098, 4099, 4100, 20_000 })
        {
            ReceivedBody body = new(bytes.Length, 1);
            foreach (byte[] chunk in bytes.Chunk(piece))
            {
                body.Take(chunk);
            }

            Assert.False(body.IsDamaged);
            Assert.Equal(0, body.Missing);
        }
    }

    [Fact]
    public void A_changed_byte_a_lost_piece_and_a_repeated_piece_are_noticed()
    {
        byte[] bytes = new byte[10_000];
        Pattern.Fill(bytes, 0);
        bytes[9_000] ^= 1;
        Assert.True(Damaged(bytes));

        Pattern.Fill(bytes, 0);
        Assert.True(Damaged([.. bytes[..100], .. bytes[101..]]));
        Assert.True(Damaged([.. bytes[..4096], .. bytes[..4096]]));
    }

    [Fact]
    public void Every_eighth_large_body_is_compared_and_every_small_one()
    {
        Assert.True(new ReceivedBody(ReceivedBody.AlwaysCompareBytesMax, 3).IsCompared);
        Assert.False(new ReceivedBody(ReceivedBody.AlwaysCompareBytesMax + 1, 3).IsCompared);
        Assert.True(new ReceivedBody(ReceivedBody.AlwaysCompareBytesMax + 1, 8).IsCompared);
    }

    private static bool Damaged(byte[] bytes)
    {
        ReceivedBody body = new(bytes.Length, 0);
        body.Take(bytes);
        return body.IsDamaged;
    }
}
