using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>Adds rules with their backends and filters.</summary>
internal sealed class RuleCompiler
{
    private readonly RouteTables _tables;
    private readonly ByteTable _bytes;
    private readonly Dictionary<string, int> _clusters;

    /// <summary>For the rules of one snapshot.</summary>
    public RuleCompiler(RouteTables tables, ByteTable bytes, Snapshot snapshot)
    {
        _tables = tables;
        _bytes = bytes;
        ImmutableArray<Cluster> clusters = snapshot.Clusters.OrEmpty();
        _clusters = new Dictionary<string, int>(clusters.Length, StringComparer.Ordinal);
        for (int i = 0; i < clusters.Length; i++)
            _clusters.Add(clusters[i].Name, i);
    }

    /// <summary>
    /// Adds a rule and returns its id. A refused one has no backend, so that it answers 500.
    /// </summary>
    public int Add(int routeIndex, int ruleIndex, HttpRule rule)
    {
        if (rule.IsRefused)
            rule = rule with { Backends = [], Filters = [] };
        int start = _tables.Backends.Count;
        int total = 0;
        foreach (WeightedCluster backend in rule.Backends.OrEmpty())
        {
            total += backend.Weight;
            _tables.Backends.Add(new CompiledBackend
            {
                ClusterIndex = backend.Cluster is null ? -1 : _clusters[backend.Cluster],
                CumulativeWeight = total,
                Filters = Add(backend.Filters.OrEmpty()),
            });
        }

        return _tables.Rules.Add(new CompiledRule
        {
            RouteIndex = routeIndex,
            RuleIndex = ruleIndex,
            RequestTimeoutMs = rule.RequestTimeoutMs,
            BackendRequestTimeoutMs = rule.BackendRequestTimeoutMs,
            Backends = new Slice(start, _tables.Backends.Count - start),
            WeightTotal = total,
            Filters = Add(rule.Filters.OrEmpty()),
        });
    }

    private CompiledFilters Add(ImmutableArray<Filter> filters)
    {
        int redirect = -1;
        string? host = null;
        RewriteFilter? rewrite = null;
        int start = _tables.Edits.Count;
        foreach (Filter filter in filters)
        {
            if (filter is not RequestHeaderFilter request)
                continue;
            Add(request.Edits);
            host ??= request.Edits.FindHost();
        }

        Slice requestEdits = new(start, _tables.Edits.Count - start);
        start = _tables.Edits.Count;
        foreach (Filter filter in filters)
        {
            if (filter is ResponseHeaderFilter response)
                Add(response.Edits);
            else if (filter is RedirectFilter to)
                redirect = _tables.Redirects.Add(Compile(to));
            else if (filter is RewriteFilter into)
                rewrite = into;
        }

        return new CompiledFilters
        {
            RequestEdits = requestEdits,
            ResponseEdits = new Slice(start, _tables.Edits.Count - start),
            RedirectIndex = redirect,
            RewriteIndex = rewrite is null && host is null
                ? -1
                : _tables.Rewrites.Add(new CompiledRewrite(
                    _bytes.Add(rewrite?.Hostname ?? host), Compile(rewrite?.Path))),
        };
    }

    /// <summary>
    /// Removals come first, so that a filter may remove a name and give it anew. A new Host is not among
    /// them: the head's writer has its place, and it comes with the rewrite.
    /// </summary>
    private void Add(HeaderEdits edits)
    {
        foreach (string name in edits.Remove.OrEmpty())
            _tables.Edits.Add(new CompiledEdit(EditKind.Remove, _bytes.Add(name), default));
        foreach (HeaderValue header in edits.Set.OrEmpty())
        {
            if (HeaderNames.IsHost(header.Name))
                continue;
            _tables.Edits.Add(
                new CompiledEdit(EditKind.Set, _bytes.Add(header.Name), _bytes.Add(header.Value)));
        }

        foreach (HeaderValue header in edits.Add.OrEmpty())
            _tables.Edits.Add(
                new CompiledEdit(EditKind.Add, _bytes.Add(header.Name), _bytes.Add(header.Value)));
    }

    private CompiledRedirect Compile(RedirectFilter redirect) => new(
        _bytes.Add(redirect.Scheme), _bytes.Add(redirect.Hostname), redirect.Port ?? 0,
        Compile(redirect.Path), redirect.Status);

    private CompiledPathChange Compile(PathChange? change) =>
        change is null ? default : new CompiledPathChange(true, change.Kind, _bytes.Add(change.Value));
}
