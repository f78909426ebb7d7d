using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Balancing;

/// <summary>Chooses the less loaded of two endpoints drawn at random.</summary>
internal static class PowerOfTwoChoices
{
    /// <summary>
    /// Index in <paramref name="endpoints"/> of the choice; avoids <paramref name="failed"/> when there is
    /// another.
    /// </summary>
    /// <param name="endpoints">Endpoint slots, at least one.</param>
    /// <param name="states">In-flight counts by slot.</param>
    /// <param name="failed">Slot that has just failed; -1 for none.</param>
    /// <param name="random">64 random bits.</param>
    public static int Choose(
        ReadOnlySpan<int> endpoints, Slab<EndpointState> states, int failed, ulong random)
    {
        if (endpoints.Length == 1) return 0;
        uint count = (uint)endpoints.Length;
        int first = (int)(((random >> 32) * count) >> 32);
        // A second draw among the others, so that the two always differ.
        int second = (int)(((random & uint.MaxValue) * (count - 1)) >> 32);
        if (second >= first) second++;
        if (endpoints[first] == failed) return second;
        if (endpoints[second] == failed) return first;
        return states[endpoints[second]].InFlight < states[endpoints[first]].InFlight ? second : first;
    }
}
