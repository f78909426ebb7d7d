using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>Adds rules with their backends and filters.</summary>
/// <param name="tables">Where to.</param>
/// <param name="bytes">Their strings.</param>
/// <param name="clusterIdOf">The number of a cluster by name.</param>
internal sealed class RuleCompiler(RouteTables tables, ByteTable bytes, Func<string, int> clusterIdOf)
{
    private readonly CorsCompiler _cors = new(tables, bytes);

    /// <summary>
    /// Adds a rule and returns its id. A refused one has no backend, so that it answers 500.
    /// </summary>
    public int Add(int routeId, int ruleIndex, HttpRule rule)
    {
        if (rule.IsRefused)
            rule = rule with { Backends = [], Filters = [] };
        int start = tables.Backends.Count;
        int total = 0;
        foreach (WeightedCluster backend in rule.Backends.OrEmpty())
        {
            total += backend.Weight;
            tables.Backends.Add(new CompiledBackend
            {
                ClusterIndex = backend.Cluster is null ? -1 : clusterIdOf(backend.Cluster),
                CumulativeWeight = total,
                Filters = Add(backend.Filters.OrEmpty()),
            });
        }

        return tables.Rules.Add(new CompiledRule
        {
            RouteIndex = routeId,
            RuleIndex = ruleIndex,
            RequestTimeoutMs = rule.RequestTimeoutMs,
            BackendRequestTimeoutMs = rule.BackendRequestTimeoutMs,
            Mirrors = AddMirrors(rule.Filters.OrEmpty()),
            RetryIndex = rule.Retry is not { } retry
                ? -1
                : tables.Retries.Add(new CompiledRetry(retry.Codes.OrEmpty().AsSpan())
                {
                    Attempts = retry.Attempts,
                    BackoffMs = retry.BackoffMs,
                }),
            Backends = new Slice(start, tables.Backends.Count - start),
            WeightTotal = total,
            Filters = Add(rule.Filters.OrEmpty()),
        });
    }

    private Slice AddMirrors(ImmutableArray<Filter> filters)
    {
        int start = tables.Mirrors.Count;
        foreach (Filter filter in filters)
        {
            if (filter is MirrorFilter { Cluster: { } cluster, Numerator: > 0 } mirror)
                tables.Mirrors.Add(
                    new CompiledMirror(clusterIdOf(cluster), mirror.Numerator, mirror.Denominator));
        }

        return new Slice(start, tables.Mirrors.Count - start);
    }

    private CompiledFilters Add(ImmutableArray<Filter> filters)
    {
        int redirect = -1;
        int cors = -1;
        string? host = null;
        RewriteFilter? rewrite = null;
        int start = tables.Edits.Count;
        foreach (Filter filter in filters)
        {
            if (filter is not RequestHeaderFilter request)
                continue;
            Add(request.Edits);
            host ??= request.Edits.FindHost();
        }

        Slice requestEdits = new(start, tables.Edits.Count - start);
        start = tables.Edits.Count;
        foreach (Filter filter in filters)
        {
            if (filter is ResponseHeaderFilter response)
                Add(response.Edits);
            else if (filter is RedirectFilter to)
                redirect = tables.Redirects.Add(Compile(to));
            else if (filter is RewriteFilter into)
                rewrite = into;
            else if (filter is CorsFilter origins)
                cors = _cors.Add(origins);
        }

        return new CompiledFilters
        {
            RequestEdits = requestEdits,
            ResponseEdits = new Slice(start, tables.Edits.Count - start),
            RedirectIndex = redirect,
            CorsIndex = cors,
            RewriteIndex = rewrite is null && host is null
                ? -1
                : tables.Rewrites.Add(new CompiledRewrite(
                    bytes.Add(rewrite?.Hostname ?? host), Compile(rewrite?.Path))),
        };
    }

    /// <summary>
    /// Removals come first, so that a filter may remove a name and give it anew. A new Host is not among
    /// them: the head's writer has its place, and it comes with the rewrite.
    /// </summary>
    private void Add(HeaderEdits edits)
    {
        foreach (string name in edits.Remove.OrEmpty())
            tables.Edits.Add(new CompiledEdit(EditKind.Remove, bytes.Add(name), default));
        foreach (HeaderValue header in edits.Set.OrEmpty())
        {
            if (HeaderNames.IsHost(header.Name))
                continue;
            tables.Edits.Add(
                new CompiledEdit(EditKind.Set, bytes.Add(header.Name), bytes.Add(header.Value)));
        }

        foreach (HeaderValue header in edits.Add.OrEmpty())
            tables.Edits.Add(
                new CompiledEdit(EditKind.Add, bytes.Add(header.Name), bytes.Add(header.Value)));
    }

    private CompiledRedirect Compile(RedirectFilter redirect) => new(
        bytes.Add(redirect.Scheme), bytes.Add(redirect.Hostname), redirect.Port ?? 0,
        Compile(redirect.Path), redirect.Status);

    private CompiledPathChange Compile(PathChange? change) =>
        change is null ? default : new CompiledPathChange(true, change.Kind, bytes.Add(change.Value));
}
