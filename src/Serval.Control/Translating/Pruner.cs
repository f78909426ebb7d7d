using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Reporting;
using Serval.Control.Resolving;

namespace Serval.Control.Translating;

/// <summary>
/// The last door: whatever passed every check and still does not make a valid snapshot is refused here,
/// object by object, so that the rest is served. What earlier stages check should never get this far.
/// </summary>
internal static class Pruner
{
    /// <summary>A valid snapshot, and the graph that says which routes it lacks.</summary>
    public static (Graph Graph, Snapshot Snapshot) Prune(
        Graph graph, ImmutableArray<Finding>.Builder findings)
    {
        for (int round = 0; round < Limits.PruningRoundsMax; round++)
        {
            Snapshot snapshot = Translator.Translate(graph);
            ImmutableArray<Finding> problems = SnapshotValidator.Validate(snapshot);
            problems = problems.RemoveAll(problem => problem.Severity != Severity.Error);
            if (problems.IsEmpty)
                return (graph, snapshot);
            graph = Refuse(graph, problems, findings);
        }
        // Only listeners are left that are not valid together: nothing can be served.
        graph = graph with { Gateways = [], Routes = [] };
        return (graph, Translator.Translate(graph));
    }

    private static Graph Refuse(
        Graph graph, ImmutableArray<Finding> problems, ImmutableArray<Finding>.Builder findings)
    {
        Dictionary<string, Finding> byRoute = new(StringComparer.Ordinal);
        foreach (Finding problem in problems)
            byRoute.TryAdd(problem.Subject, problem);
        if (!graph.Routes.Any(route => byRoute.ContainsKey(route.Source.Key.ToString())))
        {
            foreach (ResolvedRoute route in YoungerHalf(graph))
                byRoute.TryAdd(route.Source.Key.ToString(), problems[0]);
        }
        return graph with
        {
            Routes =
            [
                .. graph.Routes.Select(route =>
                    byRoute.GetValueOrDefault(route.Source.Key.ToString()) is { } problem
                        ? Refuse(route, problem, findings)
                        : route),
            ],
        };
    }

    // The whole is too large: the older routes stay, as they do in every other conflict.
    private static IEnumerable<ResolvedRoute> YoungerHalf(Graph graph)
    {
        ResolvedRoute[] routes =
        [
            .. graph.Routes.Where(route => route.Parents.Any(parent => parent.Accepted.IsTrue))
                .OrderBy(route => route.Source.Metadata.CreatedAtMs)
                .ThenBy(route => route.Source.Key),
        ];
        return routes.Skip(routes.Length / 2);
    }

    private static ResolvedRoute Refuse(
        ResolvedRoute route, Finding problem, ImmutableArray<Finding>.Builder findings)
    {
        string message = $"The route cannot be served: {problem.Field} {problem.Message}";
        string subject = route.Source.Key.ToString();
        findings.Add(new Finding(Severity.Error, subject, "", Reason.UnsupportedValue, message));
        Verdict refusal = Verdict.No(Reason.UnsupportedValue, message);
        return route with
        {
            Parents =
            [
                .. route.Parents.Select(parent => parent.Accepted.IsTrue
                    ? parent with { Accepted = refusal, Attachments = [] }
                    : parent),
            ],
        };
    }
}
