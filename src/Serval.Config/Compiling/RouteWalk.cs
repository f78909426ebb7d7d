using System.Numerics;
using System.Runtime.CompilerServices;
using Serval.Config.Model;

namespace Serval.Config.Compiling;

/// <summary>
/// The lookup: 1. the listener with the most specific hostname; 2. its routes' hostnames, most specific
/// first; in each 3. the exact path, regular expressions, prefixes from the longest; in each 4. the
/// candidates in order.
/// </summary>
internal static class RouteWalk
{
    private const int MissingRule = -1;

    /// <summary>Finds the listener of a host in a group.</summary>
    public static ListenerHit FindListener<TTrace>(
        RouteTables tables, int group, ReadOnlySpan<byte> host, ref TTrace trace)
        where TTrace : IWalkTrace
    {
        if ((uint)group >= (uint)tables.GroupCount)
            return ListenerHit.None;
        ulong hostHash = host.Length <= ConfigLimits.HostnameBytes ? tables.Hash.Of(host) : 0;
        int node = new HostCursor(tables, group, host, hostHash).Next();
        if (node < 0)
            return ListenerHit.None;
        trace.Listener(node);
        return new ListenerHit(tables.Nodes[node].Target, hostHash);
    }

    /// <summary>Finds the rule of a request on its listener.</summary>
    [SkipLocalsInit]
    public static RouteHit FindRule<THeaders, TTrace>(
        RouteTables tables, ListenerHit listener, scoped in RequestTarget target,
        scoped ref THeaders headers, ref TTrace trace)
        where THeaders : IRequestHeaders, allows ref struct
        where TTrace : IWalkTrace
    {
        // 1. Only the routes of this one listener count (Gateway API, GatewayHTTPListenerIsolation).
        if (listener.Index < 0)
            return new RouteHit(MissingRule, -1, 0);

        // 2. A hostname without a matching rule yields to the less specific ones.
        PathElements path = new(
            target.Path,
            stackalloc ulong[ConfigLimits.PrefixElements + 1],
            stackalloc int[ConfigLimits.PrefixElements + 1]);
        HostCursor hosts = new(
            tables, tables.GroupCount + listener.Index, target.Host, listener.HostHash);
        for (int node = hosts.Next(); node >= 0; node = hosts.Next())
        {
            trace.Host(node);
            RouteHit hit;
            if (tables.Nodes[node].IsSingle)
            {
                hit = FindInOnly(tables, ref tables.Nodes[node], target, ref headers, ref trace);
            }
            else
            {
                path.Cut(tables);
                hit = FindInSeveral(tables, node, path, target, ref headers, ref trace);
            }

            if (hit.RuleId != MissingRule)
                return hit with { ListenerIndex = listener.Index };
        }

        return new RouteHit(MissingRule, listener.Index, 0);
    }

    /// <summary>Finds the rule of a server name on its listener: that of the most specific name.</summary>
    public static TlsRouteHit FindTlsRoute(RouteTables tables, ListenerHit listener, ReadOnlySpan<byte> host)
    {
        if (listener.Index < 0)
            return TlsRouteHit.None;
        int node = new HostCursor(
            tables, tables.GroupCount + listener.Index, host, listener.HostHash).Next();
        int rule = node < 0 ? -1 : tables.Nodes[node].Target;
        return rule < 0 ? TlsRouteHit.None : new TlsRouteHit(rule, tables.Rules[rule].RouteIndex);
    }

    private static RouteHit FindInOnly<THeaders, TTrace>(
        RouteTables tables, ref HostNode node, scoped in RequestTarget target,
        scoped ref THeaders headers, ref TTrace trace)
        where THeaders : IRequestHeaders, allows ref struct
        where TTrace : IWalkTrace =>
        PathElements.IsMatch(node.Only.Kind, tables.OnlyPathOf(ref node), target.Path)
            ? FindInBucket(tables, in node.Only, target, ref headers, ref trace)
            : new RouteHit(MissingRule, -1, 0);

    private static RouteHit FindInSeveral<THeaders, TTrace>(
        RouteTables tables, int nodeIndex, scoped PathElements path, scoped in RequestTarget target,
        scoped ref THeaders headers, ref TTrace trace)
        where THeaders : IRequestHeaders, allows ref struct
        where TTrace : IWalkTrace
    {
        // 3. By kind and length of the path.
        ref HostNode node = ref tables.Nodes[nodeIndex];
        RouteHit hit = new(MissingRule, -1, 0);
        if (node.HasExact && target.Path.Length <= tables.ExactBytesMax)
        {
            int exact = tables.FindBucket(nodeIndex, PathMatchKind.Exact, target.Path, path.WholeHash);
            if (exact >= 0)
                hit = FindInBucket(tables, in tables.Buckets[exact].Bucket, target, ref headers, ref trace);
        }

        if (hit.RuleId == MissingRule && node.RegexBucket >= 0)
            hit = FindInBucket(
                tables, in tables.Buckets[node.RegexBucket].Bucket, target, ref headers, ref trace);
        ulong counts = node.PrefixElementCounts & (ulong.MaxValue >> (63 - path.Count));
        if (target.Path is not [(byte)'/', ..])
            counts = 0; // "*" has no elements.
        while (hit.RuleId == MissingRule && counts != 0)
        {
            int elements = BitOperations.Log2(counts);
            counts ^= 1UL << elements;
            int prefix = tables.FindBucket(
                nodeIndex, PathMatchKind.Prefix, path.Prefix(elements), path.Hash(elements));
            if (prefix >= 0)
                hit = FindInBucket(tables, in tables.Buckets[prefix].Bucket, target, ref headers, ref trace);
        }

        return hit;
    }

    private static RouteHit FindInBucket<THeaders, TTrace>(
        RouteTables tables, in PathBucket bucket, scoped in RequestTarget target,
        scoped ref THeaders headers, ref TTrace trace)
        where THeaders : IRequestHeaders, allows ref struct
        where TTrace : IWalkTrace
    {
        // 4. Candidates are sorted: the first that holds wins.
        int prefixLength = bucket.Kind == PathMatchKind.Prefix ? bucket.Path.Count : 0;
        if (IsMatch(tables, bucket, bucket.First, target, ref headers, ref trace))
            return new RouteHit(bucket.First.RuleId, -1, prefixLength);
        foreach (Candidate candidate in tables.Candidates.Slice(bucket.Rest))
        {
            if (IsMatch(tables, bucket, candidate, target, ref headers, ref trace))
                return new RouteHit(candidate.RuleId, -1, prefixLength);
        }

        return new RouteHit(MissingRule, -1, 0);
    }

    private static bool IsMatch<THeaders, TTrace>(
        RouteTables tables, in PathBucket bucket, Candidate candidate, scoped in RequestTarget target,
        scoped ref THeaders headers, ref TTrace trace)
        where THeaders : IRequestHeaders, allows ref struct
        where TTrace : IWalkTrace
    {
        FailedPredicate failed = candidate.PredicateIndex < 0
            ? FailedPredicate.None
            : PredicateTest.Run(tables, in tables.Predicates[candidate.PredicateIndex], target, ref headers);
        trace.Tested(bucket, candidate, failed);
        return failed == FailedPredicate.None;
    }
}
