namespace Serval.DataPlane.Workers;

/// <summary>
/// A worker's random bits, where its components draw from one after the other: a seed gives one sequence.
/// Owner: one worker. Thread: the worker's.
/// </summary>
internal sealed class RandomSource(ulong seed)
{
    /// <summary>The generator.</summary>
    public RandomBits Bits = new(seed);
}
