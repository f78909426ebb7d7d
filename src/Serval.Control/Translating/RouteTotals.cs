using System.Runtime.InteropServices;
using Serval.Config;
using Serval.Config.Model;
using Serval.Control.Resolving;

namespace Serval.Control.Translating;

/// <summary>Sums over routes of what a snapshot bounds.</summary>
/// <remarks>Owner: a route budget. Thread: one at a time.</remarks>
internal sealed class RouteTotals
{
    private readonly Dictionary<string, int> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _patterns = new(StringComparer.Ordinal);
    private long _candidates;
    private int _routes;
    private int _tlsRoutes;

    /// <summary>The first bound that is exceeded, in words; null when all is well.</summary>
    public string? Excess =>
        _routes > ConfigLimits.Routes ? $"{ConfigLimits.Routes} routes"
        : _tlsRoutes > ConfigLimits.TlsRoutes ? $"{ConfigLimits.TlsRoutes} TLS routes"
        : _candidates > ConfigLimits.CandidatesPerSnapshot
            ? $"{ConfigLimits.CandidatesPerSnapshot} matches times hostnames"
        : _clusters.Count > ConfigLimits.Clusters ? $"{ConfigLimits.Clusters} clusters"
        : _patterns.Count > ConfigLimits.RegexPatterns
            ? $"{ConfigLimits.RegexPatterns} different regular expressions"
        : null;

    /// <summary>Adds a route; null adds nothing.</summary>
    public void Add(ResolvedRoute? resolved)
    {
        if (resolved?.TranslatedTls is { } tls)
        {
            _tlsRoutes++;
            foreach (string cluster in tls.NamedClusters())
                CollectionsMarshal.GetValueRefOrAddDefault(_clusters, cluster, out _)++;
        }
        if (resolved?.Translated is not { } route)
            return;
        _routes++;
        _candidates += CandidatesOf(route);
        foreach (string cluster in route.NamedClusters())
            CollectionsMarshal.GetValueRefOrAddDefault(_clusters, cluster, out _)++;
        foreach (string pattern in PatternsOf(route))
            CollectionsMarshal.GetValueRefOrAddDefault(_patterns, pattern, out _)++;
    }

    /// <summary>Takes a route away that was added; null takes nothing.</summary>
    public void Remove(ResolvedRoute? resolved)
    {
        if (resolved?.TranslatedTls is { } tls)
        {
            _tlsRoutes--;
            foreach (string cluster in tls.NamedClusters())
                Decrement(_clusters, cluster);
        }
        if (resolved?.Translated is not { } route)
            return;
        _routes--;
        _candidates -= CandidatesOf(route);
        foreach (string cluster in route.NamedClusters())
            Decrement(_clusters, cluster);
        foreach (string pattern in PatternsOf(route))
            Decrement(_patterns, pattern);
    }

    // As the validator counts them (ConfigLimits.CandidatesPerSnapshot).
    private static long CandidatesOf(HttpRoute route) =>
        route.Attachments.Sum(attachment => (long)Math.Max(1, attachment.Hostnames.Length))
        * route.Rules.Sum(rule => (long)Math.Max(1, rule.Matches.Length));

    private static IEnumerable<string> PatternsOf(HttpRoute route)
    {
        foreach (Match match in route.Rules.SelectMany(rule => rule.Matches))
        {
            if (match.Path is { Kind: PathMatchKind.Regex } path)
                yield return path.Value;
            foreach (ValueMatch value in match.Headers.Concat(match.Query))
            {
                if (value.IsRegex)
                    yield return value.Value;
            }
        }
    }

    private static void Decrement(Dictionary<string, int> counts, string key)
    {
        if (--CollectionsMarshal.GetValueRefOrNullRef(counts, key) == 0)
            counts.Remove(key);
    }
}
