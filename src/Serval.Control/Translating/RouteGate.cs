using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Control.Translating;

/// <summary>
/// The last door: a route that passed every check and would still not make a valid snapshot is refused here,
/// so that the rest is served. What earlier stages check should never get this far.
/// </summary>
internal static class RouteGate
{
    /// <summary>Why the route cannot be served, or null. Asks the validator that routers use.</summary>
    public static string? ProblemOf(HttpRoute route, IReadOnlyDictionary<string, Listener> listeners)
    {
        Snapshot alone = new()
        {
            Version = "one route",
            Listeners =
            [
                .. route.Attachments.Select(attachment => listeners.GetValueOrDefault(attachment.Listener))
                    .OfType<Listener>(),
            ],
            Routes = [route],
            Clusters =
            [
                .. route.Rules.SelectMany(rule => rule.Backends)
                    .Select(backend => backend.Cluster)
                    .OfType<string>()
                    .Distinct(StringComparer.Ordinal)
                    .Select(name => new Cluster { Name = name }),
            ],
        };
        ImmutableArray<Finding> findings = SnapshotValidator.Validate(alone);
        Finding? problem = findings.FirstOrDefault(finding => finding.Severity == Severity.Error);
        return problem is null ? null : $"The route cannot be served: {problem.Field} {problem.Message}";
    }
}
