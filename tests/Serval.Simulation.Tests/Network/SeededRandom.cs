using Serval.DataPlane.Workers;

namespace Serval.Simulation.Tests.Network;

/// <summary>Every choice of a run comes from here, so that the seed repeats the run.</summary>
internal sealed class SeededRandom(ulong seed)
{
    private RandomBits _bits = new(seed);

    public ulong Next() => _bits.Next();

    /// <summary>From <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Between(int least, int most) => least + _bits.Below(most - least + 1);

    /// <summary>True in so many of a thousand cases.</summary>
    public bool Chance(int permille) => _bits.Below(1_000) < permille;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[_bits.Below(choices.Length)];
}
