using System.Text;
using System.Text.Json;
using Serval.DataPlane.Accounting;

namespace Serval.DataPlane.Tests.Accounting;

public sealed class JsonLineTests
{
    [Fact]
    public void Every_byte_survives_as_the_character_of_its_number()
    {
        byte[] all = new byte[256];
        for (int i = 0; i < all.Length; i++) all[i] = (byte)i;
        string text = TextOf(all, most: 256, room: 2_000);
        Assert.Equal(Encoding.Latin1.GetString(all), JsonSerializer.Deserialize<string>(text));
        Assert.All(text, character => Assert.InRange(character, ' ', '~'));
    }

    [Fact]
    public void A_text_is_cut_at_its_most() =>
        Assert.Equal("\"abc\"", TextOf("abcdef"u8, most: 3, room: 100));

    [Fact]
    public void Whatever_the_room_a_text_stays_a_whole_string()
    {
        const string hostile = "a\"\\\n\u00ff\u00ffbcdef\0";
        for (int room = 2; room < 80; room++)
        {
            string text = TextOf(Encoding.Latin1.GetBytes(hostile), most: 100, room);
            Assert.StartsWith(JsonSerializer.Deserialize<string>(text)!, hostile, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Raw_bytes_and_numbers_that_do_not_fit_are_left_out()
    {
        Span<byte> room = stackalloc byte[4];
        JsonLine line = new(room);
        line.Raw("ab"u8);
        line.Raw("cde"u8);
        line.Number(123);
        line.Number(-7);
        Assert.Equal("ab-7", Encoding.ASCII.GetString(room[..line.Length]));
    }

    private static string TextOf(ReadOnlySpan<byte> value, int most, int room)
    {
        byte[] destination = new byte[room];
        JsonLine line = new(destination);
        line.Text(value, most);
        return Encoding.ASCII.GetString(destination, 0, line.Length);
    }
}
