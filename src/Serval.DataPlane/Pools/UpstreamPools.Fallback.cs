using Serval.DataPlane.Accounting;
using Serval.DataPlane.Balancing;

namespace Serval.DataPlane.Pools;

// Endpoints that count only while no preferred one of their cluster can be used.
internal sealed partial class UpstreamPools<TRing>
{
    // By cluster slot: until when its fallback endpoints are used although preferred ones are well again.
    private readonly long[] _fallbackUntilMs = new long[Limits.Clusters];

    // Preferred endpoints first; the others while none of those can be used, and for a while afterwards, so
    // that one that comes and goes does not turn the traffic of the whole cluster with it.
    private int ChooseOfTwo(
        int cluster, ReadOnlySpan<int> preferred, ReadOnlySpan<int> fallback, in EndpointWish wish)
    {
        int chosen = preferred.IsEmpty
            ? EndpointChoice.Elsewhere
            : Choose(cluster, preferred, wish, hasOthers: true);
        ref long untilMs = ref _fallbackUntilMs[cluster];
        if (chosen == EndpointChoice.Elsewhere && wish.Failed < 0)
            untilMs = _clock.NowMs + Limits.FallbackHoldMs;
        bool isTrial = chosen >= 0 && _endpoints[chosen].Health == EndpointHealth.OnTrial;
        if (chosen >= 0 && (isTrial || _clock.NowMs >= untilMs)) return chosen;
        int other = Choose(cluster, fallback, wish, hasOthers: true);
        if (other >= 0)
        {
            _counters.Add(Counter.FallbackAttempts);
            return other;
        }

        if (chosen >= 0) return chosen;
        // Nothing is well: what is preferred is tried all the same.
        return Choose(cluster, preferred.IsEmpty ? fallback : preferred, wish, hasOthers: false);
    }

    private ReadOnlySpan<int> FallbackOf(int cluster)
    {
        int[]?[] clusters = _directory.Fallback;
        return (uint)cluster < (uint)clusters.Length ? clusters[cluster] : default(ReadOnlySpan<int>);
    }
}
