using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Tests.Workers;

public sealed class RandomBitsTests
{
    [Fact]
    public void A_seed_decides_the_sequence()
    {
        RandomBits first = new(7), same = new(7), other = new(8);
        ulong[] values = [first.Next(), first.Next(), first.Next()];
        Assert.Equal(values, (ulong[])[same.Next(), same.Next(), same.Next()]);
        Assert.NotEqual(values[0], other.Next());
    }

    // Worked out from the authors' description of both algorithms, apart from this code.
    [Fact]
    public void The_sequence_is_that_of_the_algorithm()
    {
        RandomBits random = new(7);
        Assert.Equal(
            [
                0xB358_FAF7_4EF9_765A, 0x475C_3D96_4F48_2CD2, 0xD6F1_D349_952C_7996, 0xFB29_3873_1E80_7240,
                0xFDA9_04EC_7E54_0318,
            ],
            (ulong[])[random.Next(), random.Next(), random.Next(), random.Next(), random.Next()]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1_000)]
    public void Numbers_below_a_bound_cover_it_evenly(int bound)
    {
        RandomBits random = new(1);
        int[] counts = new int[bound];
        for (int i = 0; i < bound * 1_000; i++) counts[random.Below(bound)]++;
        Assert.All(counts, count => Assert.InRange(count, 800, 1_200));
    }

    [Fact]
    public void Every_bit_is_set_half_of_the_time()
    {
        RandomBits random = new(0);
        int[] counts = new int[64];
        for (int i = 0; i < 10_000; i++)
        {
            ulong bits = random.Next();
            for (int bit = 0; bit < 64; bit++) counts[bit] += (int)((bits >> bit) & 1);
        }

        Assert.All(counts, count => Assert.InRange(count, 4_700, 5_300));
    }
}
