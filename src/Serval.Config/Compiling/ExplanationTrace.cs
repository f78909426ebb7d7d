using System.Collections.Immutable;
using System.Text;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>Writes down what a lookup does. Allocates; not for workers.</summary>
internal readonly struct ExplanationTrace(
    Snapshot source, NumberedList<HttpRoute> routes, RouteTables tables, PatternSet patterns) : IWalkTrace
{
    private readonly List<ExplainedRule> _rules = [];
    private readonly List<int> _nodes = [];
    private readonly int[] _listenerNode = [-1];
    private readonly bool[] _isTruncated = [false];

    /// <inheritdoc/>
    public void Listener(int node) => _listenerNode[0] = node;

    /// <inheritdoc/>
    public void Host(int node) => _nodes.Add(node);

    /// <inheritdoc/>
    public void Tested(in PathBucket bucket, Candidate candidate, FailedPredicate failed)
    {
        // The rule that matched is always listed: it takes the last place.
        if (_rules.Count == ConfigLimits.ExplainedRules)
        {
            _isTruncated[0] = true;
            if (failed != FailedPredicate.None)
                return;
            _rules.RemoveAt(_rules.Count - 1);
        }

        CompiledRule rule = tables.Rules[candidate.RuleId];
        _rules.Add(new ExplainedRule(
            routes[rule.RouteIndex]!.Name, rule.RuleIndex, Hostname(bucket.Node), bucket.Kind,
            Path(bucket, candidate), failed));
    }

    /// <summary>The explanation, once the lookup is over.</summary>
    public RouteExplanation Finish(RouteHit hit, int group, scoped in RequestTarget target)
    {
        if (hit.RuleId < 0)
        {
            foreach (int node in _nodes)
                AddOtherPaths(node, target.Path);
        }

        ImmutableArray<string>.Builder hostnames = ImmutableArray.CreateBuilder<string>(_nodes.Count);
        foreach (int node in _nodes)
            hostnames.Add(Hostname(node));
        return new RouteExplanation(
            hit, ListenerReason(hit, group, target), hostnames.MoveToImmutable(), [.. _rules],
                _isTruncated[0]);
    }

    private void AddOtherPaths(int node, ReadOnlySpan<byte> path)
    {
        if (tables.Nodes[node].IsSingle)
        {
            AddOtherPath(in tables.Nodes[node].Only, path);
            return;
        }

        // In the order in which rules and their matches were compiled; where they stand is chance.
        foreach (PathBucket bucket in BucketsOf(node)
            .OrderBy(bucket => bucket.First.RuleId).ThenBy(bucket => bucket.Path.Start))
        {
            if (_isTruncated[0])
                return;
            AddOtherPath(in bucket, path);
        }
    }

    private List<PathBucket> BucketsOf(int node)
    {
        List<PathBucket> buckets = [];
        foreach (ref readonly PathSlot slot in tables.Buckets.Span)
        {
            if (slot.IsUsed && slot.Bucket.Node == node)
                buckets.Add(slot.Bucket);
        }

        return buckets;
    }

    private void AddOtherPath(in PathBucket bucket, ReadOnlySpan<byte> path)
    {
        if (PathElements.IsMatch(bucket.Kind, tables.Bytes.Slice(bucket.Path), path))
            return; // Tested already.
        Tested(bucket, bucket.First, FailedPredicate.Path);
        foreach (Candidate candidate in tables.Candidates.Slice(bucket.Rest))
            Tested(bucket, candidate, FailedPredicate.Path);
    }

    private string ListenerReason(RouteHit hit, int group, scoped in RequestTarget target)
    {
        string host = Encoding.Latin1.GetString(target.Host);
        if (hit.ListenerIndex < 0)
        {
            return (uint)group >= (uint)tables.GroupCount
                ? $"there is no listener group {group}"
                : $"no listener of group {group} has a hostname that matches \"{host}\"";
        }

        string hostname = Hostname(_listenerNode[0]);
        string name = source.Listeners[hit.ListenerIndex].Name;
        return hostname == "*"
            ? $"{name}: it serves every host, and no other listener of its port names \"{host}\""
            : $"{name}: its hostname {hostname} is the most specific one of its port for \"{host}\"";
    }

    private string Hostname(int index)
    {
        ref HostNode node = ref tables.Nodes[index];
        string host = Encoding.UTF8.GetString(tables.Bytes.Slice(node.Host));
        return node.IsWildcard ? $"*.{host}" : host.Length == 0 ? "*" : host;
    }

    private string Path(in PathBucket bucket, Candidate candidate) =>
        bucket.Kind == PathMatchKind.Regex
            ? patterns.Pattern(tables.Predicates[candidate.PredicateIndex].PathRegex)
            : bucket.Path.Count == 0 ? "/" : Encoding.UTF8.GetString(tables.Bytes.Slice(bucket.Path));
}
