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
    public static string? ProblemOf(
        HttpRoute? http, TlsRoute? tls, IReadOnlyDictionary<string, Listener> listeners)
    {
        if (http is null && tls is null)
            return null;
        Snapshot alone = new()
        {
            Version = "one route",
            Listeners =
            [
                .. (http?.Attachments ?? tls!.Attachments)
                    .Select(attachment => listeners.GetValueOrDefault(attachment.Listener))
                    .OfType<Listener>()
                    .Select(WithoutCertificates),
            ],
            Routes = http is null ? [] : [http],
            TlsRoutes = tls is null ? [] : [tls],
            Clusters =
            [
                .. (http?.NamedClusters() ?? tls!.NamedClusters())
                    .Distinct(StringComparer.Ordinal)
                    .Select(name => new Cluster { Name = name }),
            ],
        };
        ImmutableArray<Finding> findings = SnapshotValidator.Validate(alone);
        Finding? problem = findings.FirstOrDefault(finding => finding.Severity == Severity.Error);
        return problem is null ? null : $"The route cannot be served: {problem.Field} {problem.Message}";
    }

    // The route is judged, not what its listeners present.
    private static Listener WithoutCertificates(Listener listener) => listener.Protocol switch
    {
        ListenerProtocol.Https => listener with { Protocol = ListenerProtocol.Http, Tls = null },
        ListenerProtocol.Tls => listener with { Tls = new ListenerTls { Mode = TlsMode.Passthrough } },
        _ => listener,
    };
}
