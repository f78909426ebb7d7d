using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>
/// Leads from hostnames and paths to rules: collects candidates in order of route precedence, then sorts each
/// path's.
/// </summary>
internal sealed class RouteCompiler(
    RouteTables tables, HostCompiler hosts, RuleCompiler rules, MatchCompiler matches)
    : IDisposable
{
    // So that a patch finds room where every hostname has had one path so far.
    private const int SpareBuckets = 32;

    private readonly Table<DraftBucket> _buckets = new();
    private readonly Table<DraftCandidate> _candidates = new();
    private readonly HashIndex _index = new(tables.Bytes);
    private readonly List<DraftMatch> _matches = [];

    /// <summary>Collects every route.</summary>
    public void AddRoutes(Snapshot snapshot, NumberedList<HttpRoute> numbers)
    {
        Dictionary<string, int> listeners = new(StringComparer.Ordinal);
        for (int i = 0; i < snapshot.Listeners.OrEmpty().Length; i++)
            listeners.Add(snapshot.Listeners[i].Name, i);
        foreach (int index in ByPrecedence(snapshot.Routes.OrEmpty()))
        {
            HttpRoute route = snapshot.Routes[index];
            _matches.Clear();
            int number = numbers.NumberAt(index);
            matches.Add(route, (rule, source) => rules.Add(number, rule, source), _matches);
            foreach (Attachment attachment in route.Attachments.OrEmpty())
            {
                int listener = listeners[attachment.Listener];
                if (attachment.Hostnames.IsDefaultOrEmpty)
                    Attach(hosts.OnListener(listener, hostname: null));
                foreach (string hostname in attachment.Hostnames.OrEmpty())
                    Attach(hosts.OnListener(listener, hostname));
            }
        }
    }

    /// <summary>Sorts the candidates of every path and moves them to the tables.</summary>
    public void Finish()
    {
        hosts.Place();
        tables.Buckets.Reset(_buckets.Count == 0 ? 0 : Placing.Capacity(CountShared() + SpareBuckets));
        using Table<DraftCandidate> sorted = new();
        using Table<int> ends = new();
        GroupByBucket(sorted, ends);
        int start = 0;
        for (int i = 0; i < _buckets.Count; i++)
        {
            Span<DraftCandidate> candidates = sorted.Span[start..ends[i]];
            start = ends[i];
            if (candidates.Length > 1)
                candidates.Sort(DraftCandidate.Compare);
            DraftBucket draft = _buckets[i];
            BucketWriter.Write(
                tables, hosts.PlaceOf(draft.Node), hosts.BucketCount(draft.Node) == 1, draft.Kind, draft.Path,
                draft.PathHash, candidates);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buckets.Dispose();
        _candidates.Dispose();
        _index.Dispose();
    }

    private static int[] ByPrecedence(ImmutableArray<HttpRoute> routes)
    {
        int[] order = new int[routes.Length];
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        order.AsSpan().Sort((x, y) => routes[x].CreatedAtMs != routes[y].CreatedAtMs
            ? routes[x].CreatedAtMs.CompareTo(routes[y].CreatedAtMs)
            : string.CompareOrdinal(routes[x].Name, routes[y].Name));
        return order;
    }

    private void Attach(int node)
    {
        foreach (DraftMatch match in _matches)
        {
            int bucket = FindOrAddBucket(node, match);
            _buckets[bucket].Count++;
            _candidates.Add(
                new DraftCandidate(bucket, match.Specificity, _candidates.Count, match.Candidate));
        }
    }

    private int FindOrAddBucket(int node, in DraftMatch match)
    {
        // All regular expressions of a node share a bucket, found under the empty path of the first kind:
        // an exact path is never empty, and prefixes are of the second.
        uint key = tables.Hash.InScope(match.PathHash, node, match.Kind == PathMatchKind.Prefix);
        ReadOnlySpan<byte> path = tables.Bytes.Slice(match.Path);
        for (int i = _index.First(key, path, out int slot); i >= 0; i = _index.Next(key, path, ref slot))
        {
            ref DraftBucket found = ref _buckets[i];
            if (found.Node == node && found.Kind == match.Kind)
                return i;
        }

        hosts.BucketCount(node)++;
        int added = _buckets.Add(
            new DraftBucket { Node = node, Kind = match.Kind, Path = match.Path, PathHash = match.PathHash });
        _index.Add(key, match.Path, added);
        if (match.Kind == PathMatchKind.Prefix)
            hosts[node].PrefixElementCounts |= 1UL << match.Elements;
        else if (match.Kind == PathMatchKind.Exact)
            hosts[node].HasExact = true;
        return added;
    }

    /// <summary>A counting sort; candidates of a bucket keep their order.</summary>
    private void GroupByBucket(Table<DraftCandidate> sorted, Table<int> ends)
    {
        sorted.Reset(_candidates.Count);
        ends.Reset(_buckets.Count);
        int start = 0;
        for (int i = 0; i < _buckets.Count; i++)
        {
            ends[i] = start;
            start += _buckets[i].Count;
        }

        foreach (ref readonly DraftCandidate candidate in _candidates.Span)
            sorted[ends[candidate.Bucket]++] = candidate;
    }

    // Buckets that are not the only one of their node.
    private int CountShared()
    {
        int count = 0;
        foreach (ref readonly DraftBucket draft in _buckets.Span)
            count += hosts.BucketCount(draft.Node) > 1 ? 1 : 0;
        return count;
    }
}
