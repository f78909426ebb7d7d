namespace Serval.DataPlane.Tests;

/// <summary>What some code allocates on the managed heap.</summary>
internal static class Allocations
{
    private const int Rounds = 5;

    /// <summary>
    /// The fewest bytes that one of several rounds allocated, after one that is not counted. What the code
    /// allocates it allocates in each; the runtime sometimes allocates for itself, when it replaces a loop
    /// while it runs.
    /// </summary>
    public static long Least(Action round)
    {
        round();
        long least = long.MaxValue;
        for (int i = 0; i < Rounds; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
