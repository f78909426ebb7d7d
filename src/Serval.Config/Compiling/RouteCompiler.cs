using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>
/// Leads from hostnames and paths to rules: collects candidates in order of route precedence, then sorts each
/// path's.
/// </summary>
internal sealed class RouteCompiler(
    RouteTables tables, ByteTable bytes, HostCompiler hosts, RuleCompiler rules, PatternSet patterns)
    : IDisposable
{
    // Regular expressions of a hostname share a bucket: the longest comes first, whatever else is asked for.
    private const int LengthShift = 17;
    private static readonly Match EveryPath = new();

    private readonly Table<DraftBucket> _buckets = new();
    private readonly Table<DraftCandidate> _candidates = new();
    private readonly HashIndex _index = new(tables.Bytes);
    private readonly List<DraftMatch> _matches = [];

    /// <summary>Collects every route.</summary>
    public void AddRoutes(Snapshot snapshot)
    {
        Dictionary<string, int> listeners = new(StringComparer.Ordinal);
        for (int i = 0; i < snapshot.Listeners.OrEmpty().Length; i++)
            listeners.Add(snapshot.Listeners[i].Name, i);
        foreach (int index in ByPrecedence(snapshot.Routes.OrEmpty()))
        {
            HttpRoute route = snapshot.Routes[index];
            CompileMatches(route, index);
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
        tables.Buckets.Reset(Placing.Capacity(CountShared()));
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
            Emit(_buckets[i], candidates);
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

    private void CompileMatches(HttpRoute route, int routeIndex)
    {
        _matches.Clear();
        for (int i = 0; i < route.Rules.OrEmpty().Length; i++)
        {
            HttpRule rule = route.Rules[i];
            int ruleId = rules.Add(routeIndex, i, rule);
            if (rule.Matches.IsDefaultOrEmpty && !rule.IsRefused)
                _matches.Add(Compile(EveryPath, ruleId));
            foreach (Match match in rule.Matches.OrEmpty())
                _matches.Add(Compile(match, ruleId));
        }
    }

    private DraftMatch Compile(Match match, int ruleId)
    {
        PathMatchKind kind = match.Path?.Kind ?? PathMatchKind.Prefix;
        ReadOnlySpan<char> value = match.Path?.Value ?? "/";
        if (kind == PathMatchKind.Prefix)
            value = PathElements.NormalizePrefix(value);
        Slice path = kind == PathMatchKind.Regex ? default : bytes.Add(value);
        (ulong hash, int elements) = PathElements.Of(tables.Bytes.Slice(path), tables.Hash);
        if (kind == PathMatchKind.Exact)
            tables.ExactBytesMax = Math.Max(tables.ExactBytesMax, path.Count);
        else
            tables.PrefixElementsMax = Math.Max(tables.PrefixElementsMax, elements);
        Candidate candidate = new(ruleId, AddPredicate(match, kind));
        int length = kind == PathMatchKind.Regex ? match.Path!.Value.Length : 0;
        int specificity = (length << LengthShift) | Specificity(match);
        return new DraftMatch(kind, path, hash, elements, specificity, candidate);
    }

    /// <summary>A method outweighs any number of headers, a header any number of query parameters.</summary>
    private static int Specificity(Match match) =>
        ((match.Method is null ? 0 : 1) << 16)
        | (match.Headers.OrEmpty().Length << 8)
        | match.Query.OrEmpty().Length;

    private int AddPredicate(Match match, PathMatchKind kind)
    {
        if (kind != PathMatchKind.Regex && Specificity(match) == 0)
            return -1;
        return tables.Predicates.Add(new Predicate
        {
            PathRegex = kind == PathMatchKind.Regex ? patterns.TryAdd(match.Path!.Value, out _) : -1,
            Method = bytes.Add(match.Method),
            Headers = AddValues(match.Headers.OrEmpty()),
            Query = AddValues(match.Query.OrEmpty()),
        });
    }

    private Slice AddValues(ImmutableArray<ValueMatch> values)
    {
        int start = tables.Values.Count;
        foreach (ValueMatch value in values)
        {
            tables.Values.Add(new ValuePredicate(
                bytes.Add(value.Name),
                value.IsRegex ? default : bytes.Add(value.Value),
                value.IsRegex ? patterns.TryAdd(value.Value, out _) : -1));
        }

        return new Slice(start, values.Length);
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

    private void Emit(in DraftBucket draft, ReadOnlySpan<DraftCandidate> candidates)
    {
        int place = hosts.PlaceOf(draft.Node);
        int restStart = tables.Candidates.Count;
        foreach (ref readonly DraftCandidate candidate in candidates[1..])
            tables.Candidates.Add(candidate.Candidate);
        PathBucket bucket = new()
        {
            Node = place,
            Kind = draft.Kind,
            Path = draft.Path,
            First = candidates[0].Candidate,
            Rest = new Slice(restStart, tables.Candidates.Count - restStart),
        };
        ref HostNode node = ref tables.Nodes[place];
        node.IsSingle = hosts.BucketCount(draft.Node) == 1;
        if (node.IsSingle)
        {
            node.Only = bucket;
            if (node.IsPathNear)
                tables.Bytes.Slice(draft.Path).CopyTo(((Span<byte>)node.Near)[node.Host.Count..]);
        }
        else
        {
            int at = Place(bucket, draft.PathHash);
            if (draft.Kind == PathMatchKind.Regex)
                node.RegexBucket = at;
        }
    }

    // Buckets that are not the only one of their node.
    private int CountShared()
    {
        int count = 0;
        foreach (ref readonly DraftBucket draft in _buckets.Span)
            count += hosts.BucketCount(draft.Node) > 1 ? 1 : 0;
        return count;
    }

    private int Place(in PathBucket bucket, ulong pathHash)
    {
        uint hash = tables.Hash.InScope(pathHash, bucket.Node, bucket.Kind == PathMatchKind.Prefix);
        int at = Placing.Free(tables.Buckets, hash);
        ref PathSlot slot = ref tables.Buckets[at];
        slot = new PathSlot { Hash = hash, IsUsed = true, Bucket = bucket };
        if (bucket.Path.Count <= PathBytes.Length)
            tables.Bytes.Slice(bucket.Path).CopyTo(slot.Near);
        return at;
    }
}
