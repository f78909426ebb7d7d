using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>
/// Makes the tables of a snapshot out of those of the one before: copies them and compiles again only the
/// hostnames that changed routes have. What nothing leads to any more stays behind, until so much of it has
/// gathered that everything is compiled afresh.
/// </summary>
/// <remarks>
/// Owner: one compilation. The tables before are only read. Bounds: see <see cref="RoutesChangedMax"/> and
/// what follows.
/// </remarks>
internal sealed class SnapshotPatcher
{
    /// <summary>Routes that one patch changes at most; for more, compiling everything costs about as
    /// much.</summary>
    public const int RoutesChangedMax = 512;

    // Matches that are compiled again, as a share of all rules: more is as dear as everything.
    private const int MatchesShare = 4;
    private const int MatchesLeast = 64;

    // Tables grow to one and a half of their fresh size; small ones a little more.
    private const long GrowthBytes = 64 * 1024;

    private readonly RouteTables _tables;
    private readonly NumberedList<HttpRoute> _routes;
    private readonly ByteTable _bytes;
    private readonly MatchCompiler _matches;
    private readonly RuleCompiler _rules;
    private readonly Dictionary<string, int> _listeners = new(StringComparer.Ordinal);

    // Nodes to be filled anew, and the routes that are on each: those that stay and those that changed.
    private readonly Dictionary<int, HashSet<int>> _nodes = [];
    private readonly Dictionary<int, int> _firstRules = [];
    private readonly Dictionary<int, List<DraftMatch>> _drafts = [];

    private SnapshotPatcher(
        RouteTables tables, Snapshot snapshot, NumberedList<HttpRoute> routes, ByteTable bytes,
        Func<string, int> clusterIdOf, PatternSet patterns)
    {
        (_tables, _routes, _bytes) = (tables, routes, bytes);
        _matches = new MatchCompiler(tables, bytes, patterns);
        _rules = new RuleCompiler(tables, bytes, clusterIdOf);
        for (int i = 0; i < snapshot.Listeners.OrEmpty().Length; i++)
            _listeners.Add(snapshot.Listeners[i].Name, i);
    }

    /// <summary>
    /// The tables; null when compiling everything is better. The caller disposes them. The memory of
    /// <paramref name="spare"/> becomes theirs, or is freed.
    /// </summary>
    public static RouteTables? TryPatch(
        RouteTables before, Snapshot snapshot, NumberedList<HttpRoute> routes,
        IReadOnlyList<(int Id, HttpRoute? Before, HttpRoute? After)> changes, Func<string, int> clusterIdOf,
        PatternSet patterns, RouteTables? spare)
    {
        if (before.RecordBytes > (before.FreshBytes * 3 / 2) + GrowthBytes)
        {
            spare?.Dispose();
            return null;
        }

        RouteTables tables = before.Copy(spare);
        using ByteTable bytes = new(tables.Bytes, tables.Hash);
        SnapshotPatcher patcher = new(tables, snapshot, routes, bytes, clusterIdOf, patterns);
        bool isPatched = false;
        try
        {
            isPatched = patcher.TryApply(changes);
            return isPatched ? tables : null;
        }
        finally
        {
            if (!isPatched)
                tables.Dispose();
        }
    }

    private bool TryApply(IReadOnlyList<(int Id, HttpRoute? Before, HttpRoute? After)> changes)
    {
        int newNodes = changes.Sum(change => HostnamesOf(change.After));
        if (IsCrowded(_tables.NodesUsed + newNodes, _tables.Nodes.Count))
            return false;
        foreach ((_, HttpRoute? before, HttpRoute? after) in changes)
        {
            MarkNodes(before);
            MarkNodes(after);
        }
        CollectRoutes();
        foreach ((int id, HttpRoute? before, HttpRoute? after) in changes)
        {
            if (before is not null)
            {
                foreach (HashSet<int> routes in _nodes.Values)
                    routes.Remove(id);
            }
            _firstRules.Remove(id);
            foreach (int node in NodesOf(after))
                _nodes[node].Add(id);
        }
        int matches = _nodes.Values.SelectMany(routes => routes).Distinct()
            .Sum(id => MatchesOf(_routes[id]!));
        int buckets = _nodes.Values.Select(routes => routes.Sum(id => MatchesOf(_routes[id]!)))
            .Where(count => count > 1).Sum();
        if (matches > Math.Max(MatchesLeast, _tables.Rules.Count / MatchesShare)
            || IsCrowded(_tables.BucketsUsed + buckets, _tables.Buckets.Count))
            return false;
        foreach ((int node, HashSet<int> routes) in _nodes.OrderBy(pair => pair.Key))
            Fill(node, routes);
        return true;
    }

    private static bool IsCrowded(int used, int capacity) => used * 4L > capacity * 3L;

    private static int MatchesOf(HttpRoute route) =>
        route.Rules.OrEmpty().Sum(rule => Math.Max(1, rule.Matches.OrEmpty().Length));

    private static int HostnamesOf(HttpRoute? route) => route is null ? 0
        : route.Attachments.OrEmpty().Sum(attachment => Math.Max(1, attachment.Hostnames.OrEmpty().Length));

    private void MarkNodes(HttpRoute? route)
    {
        foreach (int node in NodesOf(route))
            _nodes.TryAdd(node, []);
    }

    private IEnumerable<int> NodesOf(HttpRoute? route)
    {
        foreach (Attachment attachment in route?.Attachments.OrEmpty() ?? [])
        {
            int scope = _tables.GroupCount + _listeners[attachment.Listener];
            if (attachment.Hostnames.IsDefaultOrEmpty)
                yield return FindOrAddNode(scope, null);
            foreach (string hostname in attachment.Hostnames.OrEmpty())
                yield return FindOrAddNode(scope, hostname);
        }
    }

    private int FindOrAddNode(int scopeIndex, string? hostname)
    {
        ref HostScope scope = ref _tables.Scopes[scopeIndex];
        if (hostname is null)
        {
            if (scope.AnyNode < 0)
                scope.AnyNode = AddNode(scopeIndex, default, _tables.Hash.Of([]), isWildcard: false);
            return scope.AnyNode;
        }
        Span<byte> host = stackalloc byte[ConfigLimits.HostnameBytes];
        ReadOnlySpan<char> text = HostCompiler.Read(hostname, ref host, out bool isWildcard);
        ulong hash = _tables.Hash.Of(host);
        int found = _tables.FindNode(scopeIndex, host, hash, isWildcard);
        if (found >= 0)
            return found;
        HostCompiler.Note(ref scope, host, isWildcard);
        return AddNode(scopeIndex, _bytes.Add(text), hash, isWildcard);
    }

    private int AddNode(int scope, Slice host, ulong hash, bool isWildcard)
    {
        HostNode node = HostCompiler.NewNode(_tables, scope, host, hash, isWildcard);
        int place = Placing.Free(_tables.Nodes, node.Hash);
        if (!_tables.Nodes[place].IsUsed)
            _tables.NodesUsed++;
        _tables.Nodes[place] = node;
        return place;
    }

    // The routes that are on the nodes now; their buckets are taken away.
    private void CollectRoutes()
    {
        bool[] isMarked = new bool[_tables.Nodes.Count];
        bool hasBuckets = false;
        foreach (int place in _nodes.Keys)
        {
            ref HostNode node = ref _tables.Nodes[place];
            isMarked[place] = !node.IsSingle;
            hasBuckets |= !node.IsSingle && (node.HasExact || node.RegexBucket >= 0
                || node.PrefixElementCounts != 0);
            if (node.IsSingle)
                Collect(node.Only);
        }
        if (!hasBuckets)
            return;
        foreach (ref PathSlot slot in _tables.Buckets.Span)
        {
            if (!slot.IsTaken || !isMarked[slot.Bucket.Node])
                continue;
            Collect(slot.Bucket);
            slot.Bucket.Node = -1;
        }
    }

    private void Collect(in PathBucket bucket)
    {
        HashSet<int> routes = _nodes[bucket.Node];
        Collect(bucket.First, routes);
        foreach (Candidate candidate in _tables.Candidates.Slice(bucket.Rest))
            Collect(candidate, routes);
    }

    // The rules of a route have numbers in a row.
    private void Collect(Candidate candidate, HashSet<int> routes)
    {
        CompiledRule rule = _tables.Rules[candidate.RuleId];
        if (routes.Add(rule.RouteIndex))
            _firstRules[rule.RouteIndex] = candidate.RuleId - rule.RuleIndex;
    }

    private void Fill(int place, HashSet<int> routes)
    {
        ref HostNode node = ref _tables.Nodes[place];
        (node.PrefixElementCounts, node.HasExact, node.IsSingle, node.RegexBucket) = (0, false, false, -1);
        if (routes.Count == 0)
        {
            ref HostScope scope = ref _tables.Scopes[node.Scope];
            if (scope.AnyNode == place)
                scope.AnyNode = -1;
            node.Scope = -1;
            return;
        }
        Dictionary<(PathMatchKind, Slice), List<DraftCandidate>> buckets = [];
        List<DraftMatch> order = [];
        int sequence = 0;
        foreach (int id in routes.OrderBy(id => _routes[id]!.CreatedAtMs)
            .ThenBy(id => _routes[id]!.Name, StringComparer.Ordinal))
        {
            foreach (DraftMatch match in DraftsOf(id))
            {
                if (!buckets.TryGetValue((match.Kind, match.Path), out List<DraftCandidate>? candidates))
                {
                    buckets.Add((match.Kind, match.Path), candidates = []);
                    order.Add(match);
                }
                candidates.Add(new DraftCandidate(0, match.Specificity, sequence++, match.Candidate));
            }
        }
        foreach (DraftMatch match in order)
        {
            if (match.Kind == PathMatchKind.Prefix)
                node.PrefixElementCounts |= 1UL << match.Elements;
            else if (match.Kind == PathMatchKind.Exact)
                node.HasExact = true;
            List<DraftCandidate> candidates = buckets[(match.Kind, match.Path)];
            candidates.Sort(DraftCandidate.Compare);
            BucketWriter.Write(
                _tables, place, order.Count == 1, match.Kind, match.Path, match.PathHash,
                System.Runtime.InteropServices.CollectionsMarshal.AsSpan(candidates));
        }
    }

    // Rules of a route that stays keep their numbers.
    private List<DraftMatch> DraftsOf(int id)
    {
        if (_drafts.TryGetValue(id, out List<DraftMatch>? drafts))
            return drafts;
        drafts = [];
        bool stays = _firstRules.TryGetValue(id, out int first);
        _matches.Add(
            _routes[id]!, (rule, source) => stays ? first + rule : _rules.Add(id, rule, source), drafts);
        _drafts.Add(id, drafts);
        return drafts;
    }
}
