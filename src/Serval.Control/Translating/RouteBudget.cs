using Serval.Config;
using Serval.Control.Kubernetes;
using Serval.Control.Resolving;

namespace Serval.Control.Translating;

/// <summary>
/// Holds the bounds that a snapshot has as a whole: routes, candidates, clusters, regular expressions. While
/// all routes fit, that is known from sums. When they do not, the older ones stay, as in every other
/// conflict.
/// </summary>
/// <remarks>
/// Owner: one control plane. Thread: one at a time. Bound: <see cref="ConfigLimits"/>; looks at all routes
/// only while they are too many.
/// </remarks>
internal sealed class RouteBudget
{
    private readonly RouteTotals _totals = new();
    private readonly Dictionary<ObjectKey, ResolvedRoute> _refused = [];

    /// <summary>
    /// What the routes of a step are worth after the bounds: each with what counted before and what counts
    /// now, among them those that the bounds let in or keep out because of others.
    /// </summary>
    public List<(ResolvedRoute? Before, ResolvedRoute? After)> Apply(Graph graph, GraphChanges changes)
    {
        Dictionary<ObjectKey, ResolvedRoute?> before = [];
        foreach ((ResolvedRoute? was, ResolvedRoute? now) in changes.Routes)
        {
            ObjectKey key = (now ?? was)!.Source.Key;
            before.Add(key, _refused.GetValueOrDefault(key) ?? was);
            _totals.Remove(was);
            _totals.Add(now);
        }
        if (_totals.Excess is not null || _refused.Count > 0)
            Select(graph, before);
        return
        [
            .. before.Select(pair => (pair.Value,
                _refused.GetValueOrDefault(pair.Key) ?? graph.Routes.GetValueOrDefault(pair.Key))),
        ];
    }

    private void Select(Graph graph, Dictionary<ObjectKey, ResolvedRoute?> before)
    {
        Dictionary<ObjectKey, ResolvedRoute> refusedBefore = new(_refused);
        _refused.Clear();
        if (_totals.Excess is not null)
        {
            RouteTotals totals = new();
            foreach (ResolvedRoute route in graph.Routes.Values
                .Where(route => route.Translated is not null || route.TranslatedTls is not null)
                .OrderBy(route => route.Source.Metadata.CreatedAtMs)
                .ThenBy(route => route.Source.Key))
            {
                totals.Add(route);
                if (totals.Excess is not { } excess)
                    continue;
                totals.Remove(route);
                _refused.Add(route.Source.Key, route.Refuse(
                    $"The route cannot be served: with older routes it exceeds {excess}."));
            }
        }
        foreach (ObjectKey key in refusedBefore.Keys.Union(_refused.Keys))
        {
            if (refusedBefore.ContainsKey(key) == _refused.ContainsKey(key))
                continue;
            before.TryAdd(
                key, refusedBefore.GetValueOrDefault(key) ?? graph.Routes.GetValueOrDefault(key));
        }
    }
}
